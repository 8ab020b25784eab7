"""The answerer seam: a question, numbered passages and the turns before, to streamed text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.rewrite import Turn


@dataclass(frozen=True, slots=True)
class Quote:
    """Characters `start` to `end` of the passage with this number."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """The next piece of an answer; with `quote` set, `text` is exactly those characters of the passage.

    Two kinds of pieces have no text: `before` says how many questions the model answers first, `instead_of` that from
    here on quotes stand for the words of the model of that name.
    """

    text: str
    quote: Quote | None = None
    before: int | None = None
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a question is, and the most that can be taken; `unit` is tokens or characters."""

    used: int
    most: int
    unit: str


@dataclass(frozen=True, slots=True)
class Answering:
    """An answer that is about to be streamed: the passages that were really given, and the token account.

    Closing `pieces` early stops the work behind it. `rests_on` are the chunks behind the words between quotes: all
    that a model was given, none for words of ours.
    """

    passages: tuple[Passage, ...]
    tokens: TokenUse
    pieces: Iterator[Piece]
    rests_on: tuple[str, ...] = ()


class Answerer(Protocol):
    """Answers from passages. An answer without any piece means: the passages do not say."""

    @property
    def name(self) -> str:
        """What `model` in a request calls it."""
        ...

    def check(self, question: str) -> Size:
        """Its size. Raises QuestionRefused for a question that cannot be taken, before any work is done."""
        ...

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """The question as a model says it without the turns that it leans on; empty where none can or fails to."""
        ...

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Choose what goes in, and begin. `standalone` is the question with the history it leans on resolved."""
        ...
