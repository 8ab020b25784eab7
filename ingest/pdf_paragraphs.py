"""Lines of a PDF put together to paragraphs and list items, over columns, pages and hyphens. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.pdf_layout import Line
from ingest.pdf_table import Table

_BULLET = re.compile(r"(?:[-•◦▪■●○‣⁃∙·*]|[–—](?= [^\W\d_]*[A-Z]))\s")
_NUMBER = re.compile(r"(?:\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\d{1,2}(?:\.\d{1,2})+\.?)\s")
_ENDS = re.compile(r"[.!?:;…][\"'”’»)\]]*$")
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*(\s+)(?=[\"'“„«(]*[^\Wa-zß-ÿ_])")
_HYPHENATED = re.compile(r"\w+(?:-\w+)+")
_SUSPENDED = re.compile(r"(?:and|or|und|oder|bzw|et|ou|y|o|e)\b")  # "part- and full-time"
_WIDER = 1.3  # times the usual distance between lines: something else begins
_INDENTED = 0.8  # widths of an em


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that belongs together, and how its letters look."""

    text: str
    page: int
    size: float
    bold: bool
    joined: bool  # a list item, or the rest of the paragraph before on its next page


def paragraphs(lines: Iterable[Line | Table]) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in the same order."""
    found = list(lines)
    hyphenated = {word.lower() for line in found if isinstance(line, Line) for word in _HYPHENATED.findall(line.text)}
    running: list[Line] = []
    for line in found:
        if running and (isinstance(line, Table) or not _continues(running, line)):
            yield from _made_of(running, hyphenated)
            running = []
        if isinstance(line, Table):
            yield line
        else:
            running.append(line)
    if running:
        yield from _made_of(running, hyphenated)


def _made_of(lines: Sequence[Line], hyphenated: set[str]) -> Iterator[Paragraph]:
    """One paragraph; where it runs over a page's end, what follows the parted sentence is a block of that page."""
    first = lines[0]
    text, page = _BULLET.sub("- ", first.text, count=1), first.page
    joined = bool(_BULLET.match(text) or _NUMBER.match(text))
    turned = 0
    for line in lines[1:]:
        turned = turned or (len(text) if line.page > page else 0)
        text = _appended(text, line.text, hyphenated)
        end = _SENTENCE.search(text, turned - 1) if turned else None
        if end:
            yield Paragraph(text[: end.start(1)], page, first.size, first.bold, joined)
            text, page, joined, turned = text[end.end() :], line.page, True, 0
    yield Paragraph(text, page, first.size, first.bold, joined)


def _appended(text: str, line: str, hyphenated: set[str]) -> str:
    """Two lines as one: a word that was parted at the end of a line is whole again."""
    if not re.search(r"\w-$", text) or _SUSPENDED.match(line):
        return f"{text} {line}"
    last, first = re.search(r"[\w-]+$", text), re.match(r"[\w-]+", line)
    assert last
    keeps = first is None or not first.group()[0].islower() or (last.group() + first.group()).lower() in hyphenated
    return text + line if keeps else text[:-1] + line


def _continues(running: Sequence[Line], line: Line) -> bool:
    above = running[-1]
    if abs(above.size - line.size) > 0.5 or above.bold != line.bold or _BULLET.match(line.text):
        return False
    if line.first:
        return _runs_over(running, line)
    if not 0 < above.base - line.base <= _WIDER * min(line.leading or line.size * 1.2, line.size * 2):
        return False
    if _centred(above, line):
        return True
    return not _is_indented(running, line) and not _ended_early(above, line) and not _begins_item(above, line)


def _runs_over(running: Sequence[Line], line: Line) -> bool:
    """Whether a sentence goes on in the next column or on the next page."""
    above = running[-1]
    if _ENDS.search(above.text):
        return False
    return line.text[:1].islower() or (len(running) > 1 and not _ended_early(above, line))


def _centred(above: Line, line: Line) -> bool:
    apart = abs((above.left + above.right) - (line.left + line.right)) / 2
    return apart < 2 and abs(above.left - line.left) > line.size / 2


def _is_indented(running: Sequence[Line], line: Line) -> bool:
    """Where a paragraph or a list item has its first line further in or out than the others, those go on."""
    step = line.left - running[-1].left
    if abs(step) <= _INDENTED * line.size:
        return False
    if len(running) > 1:
        return True
    hangs = bool(_BULLET.match(running[0].text) or _NUMBER.match(running[0].text))
    return not hangs if step > 0 else False


def _ended_early(above: Line, line: Line) -> bool:
    """Whether the next line's first word would have had room: then somebody ended the line on purpose."""
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)
    return above.right + width * 1.1 + line.size / 2 < above.edge


def _begins_item(above: Line, line: Line) -> bool:
    return bool(_NUMBER.match(line.text)) and (bool(_ENDS.search(above.text)) or bool(_NUMBER.match(above.text)))
