"""Words of documents, answers and people as Markdown that draws them and nothing else. Pure."""

import re
from collections.abc import Sequence
from itertools import takewhile, zip_longest

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# The page makes links of addresses and pictures of codes like :tada: even where every character is escaped.
_ADDRESS_OR_CODE = re.compile(
    r"([\w.+-]*(?:://|www\.|@[-\w]+\.)[^\s`\[\]\\]*[^\s`\[\]\\.,;:!?)}>'\"]|:[\w+-]+:)", re.IGNORECASE
)
_BETWEEN_CELLS = " | "  # as documents are read
_MOST_COLUMNS = 4  # on a phone
_BARE_PIPE = re.compile(r"(?<!\\)\|")  # in an address, which is drawn as code
_MARK = re.compile(r"\[(\d+)\]")


def escaped(text: str) -> str:
    """Text as Markdown that draws these characters and nothing else: no link, image, HTML, formula, icon or list.

    Addresses and codes like `:tada:` are drawn as code. Streamlit still draws a lone `--` as a dash, `>=` as one sign.
    """
    pieces = _ADDRESS_OR_CODE.split(text)
    return "".join(
        f"`{piece}`" if place % 2 else _PUNCTUATION.sub(r"\\\1", piece) for place, piece in enumerate(pieces)
    )


def answer_markdown(text: str) -> str:
    """An answer: paragraphs, lines and rows of tables as they are, citation marks coloured, everything else literal."""
    blocks, lines = [""], _even(text).split("\n")
    while lines:
        rows = _rows(lines)
        if len(rows) > 1:
            blocks += [_table(rows), ""]
        else:
            blocks[-1] += f"{lines[0]}\n"
        del lines[: len(rows)]
    return "\n\n".join(block if place % 2 else _with_marks(block.strip("\n")) for place, block in enumerate(blocks))


def _rows(lines: Sequence[str]) -> list[str]:
    """The first line, and those below it that can be rows below such a head: none has more cells than it."""
    most = lines[0].count(_BETWEEN_CELLS)
    return [lines[0], *takewhile(lambda line: 1 <= line.count(_BETWEEN_CELLS) <= most, lines[1:])]


def _table(lines: Sequence[str]) -> str:
    """Rows as a table whose head is the first one; a wide one stands on its side where that makes it narrower."""
    rows = [[_BARE_PIPE.sub(r"\\|", _with_marks(cell)) for cell in line.split(_BETWEEN_CELLS)] for line in lines]
    if len(rows) < len(rows[0]) > _MOST_COLUMNS:
        rows = [list(column) for column in zip_longest(*rows, fillvalue="")]
    rows.insert(1, ["---"] * len(rows[0]))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _with_marks(text: str) -> str:
    pieces = _MARK.split(text)
    return "".join(f":blue[**\\[{piece}\\]**]" if place % 2 else _lines(piece) for place, piece in enumerate(pieces))


def marked(text: str, quotes: Sequence[str]) -> str:
    """A passage as Markdown with its quoted parts highlighted."""
    text = _even(text)
    known = [quote for quote in (_even(quote).strip() for quote in quotes) if quote and quote in text]
    drawn, at = [], 0
    for start, end in sorted((text.index(quote), text.index(quote) + len(quote)) for quote in known):
        if end > at:
            drawn += [_lines(text[at : max(at, start)]), _highlighted(text[max(at, start) : end])]
            at = end
    return "".join([*drawn, _lines(text[at:])])


def _highlighted(text: str) -> str:
    lines = (f":yellow-background[{escaped(line)}]" if line else "" for line in text.split("\n"))
    return _breaks("\n".join(lines))


def _lines(text: str) -> str:
    return _breaks(escaped(text))


def _breaks(markdown: str) -> str:
    """A single line break stays one."""
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", markdown)


def _even(text: str) -> str:
    """One kind of line end, and no space at a line's begin, which would make it code."""
    return re.sub(r"^[ \t]+", "", text.replace("\r\n", "\n").replace("\r", "\n"), flags=re.MULTILINE)
