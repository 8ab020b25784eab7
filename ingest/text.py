"""Reading plain text: paragraphs, list items, and headings where a line is underlined or in capitals."""

import re

from ingest.decode import decode
from ingest.outline import Outline
from retrieval.document import Document
from retrieval.plain import folded

_UNDERLINE = re.compile(r"^\s*(=|-|~)\1{2,}\s*$")
_ITEM = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+")
_COLUMNS = re.compile(r"\S(?: {3,}|\t+)\S|\S\s*\|\s*\S")
_NUMBERED = re.compile(r"^\d{1,2}(?:\.\d{1,2})*[.)]?\s+[A-Z][^.:;]*$")
_LONGEST_HEADING = 90


def read_text(data: bytes) -> Document:
    """Blocks are parted by empty lines; hard-wrapped lines are joined, list items and columns keep their line."""
    outline = Outline()
    lines = decode(data).split("\n")
    paragraph: list[str] = []
    for number, line in enumerate(lines):
        if _UNDERLINE.match(line):
            _heading(outline, paragraph, 1 if line.strip().startswith("=") else 2)
        elif not line.strip():
            _flush(outline, paragraph)
        elif not paragraph and _is_heading(lines, number):
            outline.heading(2 if outline.title or outline.begun else 1, line)
        else:
            paragraph.append(line)
    _flush(outline, paragraph)
    document = outline.document()
    return document if document.title else Document(_first_line(document), document.sections)


def _heading(outline: Outline, paragraph: list[str], level: int) -> None:
    """The line above an underline is a heading; what stands before it is a paragraph."""
    heading = paragraph.pop() if paragraph and len(paragraph[-1]) <= _LONGEST_HEADING else ""
    _flush(outline, paragraph)
    outline.heading(level, heading)


def _flush(outline: Outline, paragraph: list[str]) -> None:
    running: list[str] = []
    for line in paragraph:
        if running and (_ITEM.match(line) or _COLUMNS.search(line) or _COLUMNS.search(running[-1])):
            _emit(outline, running)
        running.append(line)
    _emit(outline, running)
    paragraph.clear()


def _emit(outline: Outline, running: list[str]) -> None:
    if running:
        outline.block(folded(" ".join(running)), joined=bool(_ITEM.match(running[0]) or _COLUMNS.search(running[0])))
        running.clear()


def _is_heading(lines: list[str], number: int) -> bool:
    """A short line in capitals, or a numbered one that stands alone. A line above an underline is decided there."""
    line = lines[number].strip()
    after = lines[number + 1] if number + 1 < len(lines) else ""
    letters = [character for character in line if character.isalpha()]
    if len(line) > _LONGEST_HEADING or _UNDERLINE.match(after):
        return False
    if len(letters) >= 3 and all(letter.isupper() for letter in letters):
        return True
    return bool(_NUMBERED.match(line)) and not after.strip()


def _first_line(document: Document) -> str:
    for section in document.sections:
        for block in section.blocks:
            return block.text if len(block.text) <= _LONGEST_HEADING else ""
    return ""
