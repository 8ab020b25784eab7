"""Turning a question that leans on the conversation into one that stands alone. Pure, without a language model."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.terms import content_terms, words

_OPENERS = re.compile(
    r"^\s*(and|but|so|or|also|then|what about|how about|what if|same for|is that|are those|does that|do they|"
    r"does it|can it|is it|why|how so|who else|when exactly|how long|how much|how many|what else|which one)\b",
    re.IGNORECASE,
)
_BACKWARD_WORDS = """
    it its that this those these they them their there then he she him her his same such ones one else either instead
    too otherwise
"""
_BACKWARD = frozenset(_BACKWARD_WORDS.split())
_FEW = 4


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what was answered."""

    question: str
    answer: str


def leans_on_history(question: str) -> bool:
    """Whether the question cannot be understood alone: it points back, continues, or says very little."""
    said = words(question)
    if len(content_terms(question)) <= 2 or (bool(_OPENERS.match(question)) and len(said) <= 2 * _FEW):
        return True
    return bool(_BACKWARD & set(said))


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """The question with the topic it leans on in front: the last question that stood on its own, and what came after.

    Unchanged when it needs no history or there is none.
    """
    if not turns or not leans_on_history(question):
        return question
    carried: list[str] = []
    for turn in reversed(turns):
        carried.insert(0, turn.question)
        if not leans_on_history(turn.question):
            break
    return " ".join([*carried[-2:], question])
