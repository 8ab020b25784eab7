"""Splitting plain text into sentences, list items and table rows, with their places. Pure."""

import re
from dataclasses import dataclass

# A full stop ends a sentence when white space and a capital, digit, quote or bracket follow ...
_END = re.compile(r"[.!?][\"'”’)\]]*\s+(?=[\"'“‘(\[]?[A-Z0-9À-Þ])")
# ... and it does not close one of these.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|incl|no|art|sec|para|mr|mrs|ms|dr|prof|inc|ltd|co|st|dept|fig|p|pp)"
    r"|\b[A-Z]|^\d{1,3})\.\s+$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of text that can be quoted on its own; `start` and `end` are character offsets."""

    text: str
    start: int
    end: int


def sentences(text: str) -> list[Sentence]:
    """Sentences in order. A line break ends one: blocks, list items and table rows stand on lines of their own."""
    found = []
    position = 0
    for line in text.splitlines(keepends=True):
        found.extend(_in_line(line, position))
        position += len(line)
    return found


def _in_line(line: str, offset: int) -> list[Sentence]:
    pieces = []
    start = 0
    for match in _END.finditer(line):
        if not _ABBREVIATION.search(line[start : match.end()]):
            pieces.append((start, match.end()))
            start = match.end()
    pieces.append((start, len(line)))
    found = []
    for first, last in pieces:
        piece = line[first:last]
        stripped = piece.strip()
        if stripped:
            begin = offset + first + len(piece) - len(piece.lstrip())
            found.append(Sentence(stripped, begin, begin + len(stripped)))
    return found
