"""Turning a question that leans on the conversation into one that stands alone. Pure; needs no language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.prompt import CLARIFY, REFUSAL
from retrieval.terms import content_terms, words

_OPENERS = re.compile(r"\s*(?:and|but|so|or|also|then|what about|how about|what if|same for)\b", re.IGNORECASE)
_NEW_TOPIC = re.compile(
    r"\b(?:(?:something|anything) else|(?:different|another|new|separate|unrelated) (?:question|topic|thing|subject)|"
    r"by the way|unrelated|one more thing)\b",
    re.IGNORECASE,
)
_BACKWARD_WORDS = """
    it its that this those these they them their there then he she him her his same such ones one else either instead
    too otherwise
"""
_BACKWARD = frozenset(_BACKWARD_WORDS.split())
_FEW = 2  # terms that carry meaning: a question with no more names no topic
_NAMED = 0.45  # cosine of the nearest chunk, from which on a question alone is taken to name its topic
_OF_ANSWER = 60  # words of the last answer that are carried over: in the documents' words, which find them again


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what was answered; or, without a question, what so many turns before came to: `covers`."""

    question: str
    answer: str
    covers: int = 0


def leans_on_history(question: str, nearest: float = 1.0) -> bool:
    """Whether the question cannot be understood alone: it points back, continues, says little, or nothing is near it.

    `nearest` is the cosine of the chunk that is nearest to the question alone.
    """
    if _NEW_TOPIC.search(question):
        return False
    points_back = bool(_OPENERS.match(question) or _BACKWARD & set(words(question)))
    return points_back or len(content_terms(question)) <= _FEW or nearest < _NAMED


def standalone(question: str, turns: Sequence[Turn], nearest: float = 1.0) -> str:
    """The question with the topic it leans on in front: the last question that stood on its own, and what came after.

    Unchanged when it needs no history or there is none.
    """
    return " ".join([*_carried(question, turns, nearest), question])


def context(question: str, turns: Sequence[Turn], nearest: float = 1.0) -> str:
    """What else to search with: the beginning of the last answer, which speaks of the topic in the documents' words.

    Empty when the question needs no history, and after an answer that was not made of documents.
    """
    if not _carried(question, turns, nearest) or turns[-1].answer.startswith((REFUSAL, CLARIFY)):
        return ""
    return _beginning(turns[-1].answer)


def is_faithful(rewritten: str, question: str, turns: Sequence[Turn]) -> bool:
    """Whether a model's rewriting can be searched with: all the question's words are in it, and none is invented."""
    terms_of = {*content_terms(rewritten)}
    known = content_terms(" ".join([question, *(f"{turn.question} {turn.answer}" for turn in turns)]))
    pointing = set(content_terms(" ".join(_BACKWARD)))
    return bool(terms_of) and {*content_terms(question)} - pointing <= terms_of <= {*known}


def recent(turns: Sequence[Turn]) -> list[Turn]:
    """What a rewriting has to know: the last two turns, their answers' beginnings."""
    return [Turn(turn.question, _beginning(turn.answer)) for turn in turns[-2:]]


def _beginning(answer: str) -> str:
    return " ".join(answer.split()[:_OF_ANSWER])


def _carried(question: str, turns: Sequence[Turn], nearest: float) -> list[str]:
    if not turns or not leans_on_history(question, nearest):
        return []
    carried: list[str] = []
    for turn in reversed(turns):
        carried.insert(0, turn.question)
        if not leans_on_history(turn.question):
            break
    return carried[-2:]
