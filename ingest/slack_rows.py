"""The rows of a JSON list, one at a time: memory holds a row and a piece of the file, never the whole list."""

import codecs
import json
import re
from collections.abc import Iterator

from retrieval.errors import Unreadable

_LARGEST_ROW = 16 * 2**20  # characters
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def rows(pieces: Iterator[bytes]) -> Iterator[object]:
    """What the list holds.

    Raises:
        Unreadable: it is no list.
        ValueError, RecursionError: it is no valid JSON, or nested too deeply.
    """
    text = _Text(pieces)
    if text.ahead() != "[":
        raise Unreadable("a list was expected")
    text.step()
    mark = text.ahead()
    while mark != "]":
        yield text.value()
        mark = text.ahead()
        if mark not in (",", "]"):
            raise ValueError("neither a comma nor the end of the list")
        if mark == ",":
            text.step()
    text.step()
    if text.ahead():
        raise ValueError("more than one list")


class _Text:
    """The part of the file that is being looked at."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0

    def ahead(self) -> str:
        """The next character that is no white space; nothing at the end."""
        while True:
            blank = _SPACE.match(self._text, self._at)
            assert blank is not None
            self._at = blank.end()
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more(1):
                return ""

    def step(self) -> None:
        """Go past that character."""
        self._at += 1

    def value(self) -> object:
        """The next value. What ends with the text at hand may go on behind it."""
        self.ahead()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = len(self._text)
            if end < len(self._text):
                self._at = end
                return value
            at_hand = len(self._text) - self._at
            if at_hand > _LARGEST_ROW or not self._more(at_hand):
                raise ValueError("no value, or one that is too large")

    def _more(self, wanted: int) -> bool:
        """Whether there was more: at least as much as wanted, where the file has it."""
        kept, added = self._text[self._at :], []
        length = 0
        for piece in self._pieces:
            added.append(self._decoder.decode(piece))
            length += len(added[-1])
            if length >= wanted:
                break
        if not added:
            self._decoder.decode(b"", final=True)
        self._text, self._at = kept + "".join(added), 0
        return length > 0
