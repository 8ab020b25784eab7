"""Which country's rules answer a question, and when the asker has to say. Pure."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile
from typing import Protocol, TypeVar

from retrieval.countries import name_of, named
from retrieval.ledger.lookup import Found
from retrieval.prompt import CLARIFY
from retrieval.rewrite import Turn, standalone

_SPEAKS = 0.75  # share of the best hit's score from which on another one speaks about the same matter
_IN_PARENTHESES = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"\w{3,}")


class Hit(Protocol):
    """A chunk that was found; a higher score is a better match."""

    @property
    def found(self) -> Found:
        """The chunk with what its document says about itself."""
        ...

    @property
    def score(self) -> float:
        """As fused."""
        ...


AnyHit = TypeVar("AnyHit", bound=Hit)


def resolved(question: str, turns: Sequence[Turn], nearest: float = 1.0) -> str:
    """The question that stands alone; what answers our clarifying question goes with the question it was about.

    `nearest` is the cosine of the chunk that is nearest to the question alone.
    """
    alone = standalone(question, turns, nearest)
    if _was_asked(turns) and named(question) and "?" not in question and turns[-1].question not in alone:
        return f"{standalone(turns[-1].question, turns[:-1])} {question}"
    return alone


def may_ask(resolved_question: str, turns: Sequence[Turn]) -> bool:
    """Whether the clarifying question may be asked: never twice in a row about the same question."""
    return not (_was_asked(turns) and turns[-1].question in resolved_question)


def told(turns: Sequence[Turn]) -> str:
    """The country that somebody named when last asked for it in this conversation; empty where none was."""
    for before, after in reversed(list(pairwise(turns))):
        if before.answer.startswith(CLARIFY):
            return min(named(after.question), default="")
    return ""


def deciding(question: str, own: str, hits: Iterable[Hit]) -> frozenset[str]:
    """The countries whose rules answer: those that the question names and a hit is about, else the asker's own.

    Where the asker's is unknown too, what the question names decides even if no hit is about it. A place in the title's
    parentheses names the country as well: `Country supplement: Germany (Hamburg)`.
    """
    asked, words = named(question), set(_WORD.findall(question.casefold()))
    about: set[str] = set()
    for hit in hits:
        places = _WORD.findall(" ".join(_IN_PARENTHESES.findall(hit.found.chunk.title)).casefold())
        about |= _of(hit) if words & set(places) else _of(hit) & asked
    return frozenset(about) or (frozenset([own]) if own else asked)


def applicable(hits: Sequence[AnyHit], countries: frozenset[str]) -> list[AnyHit]:
    """The hits of documents for these countries or for all; every hit where no country is known."""
    return [hit for hit in hits if not countries or not _of(hit) or countries & _of(hit)]


def undecided(hits: Sequence[Hit]) -> tuple[str, ...]:
    """The names of the countries to choose from when, best first, those of several come before any general hit."""
    leading = list(takewhile(_of, hits))
    speaking = {_of(hit) for hit in leading if hit.score >= _SPEAKS * leading[0].score}
    return tuple(sorted({name_of(code) for hit in hits for code in _of(hit)})) if len(speaking) > 1 else ()


def _was_asked(turns: Sequence[Turn]) -> bool:
    return bool(turns) and turns[-1].answer.startswith(CLARIFY)


def _of(hit: Hit) -> frozenset[str]:
    return frozenset(hit.found.facts.countries)
