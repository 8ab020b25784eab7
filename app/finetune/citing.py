"""The wanted answer in the run-time form, once the numbered sources are known: each statement with its number. Pure.

Each function returns None where the sources that were found do not hold what the answer rests on.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import pairwise

from retrieval.passage import Passage
from retrieval.prompt import REFUSAL
from retrieval.sentences import sentences
from retrieval.terms import content_terms

Cited = tuple[str, tuple[int, ...]]  # the answer and the numbers that it rests on
Cite = Callable[[Sequence[Passage]], Cited | None]
SAYS = 0.5  # share of an answer's words that a source must have to be cited for it
_MARK = re.compile(r"\s*\[(\d+)\]")


def refusing(_: Sequence[Passage]) -> Cited:
    """The fixed refusal."""
    return REFUSAL, ()


def quoting(quotes: Sequence[str], uri: str) -> Cite:
    """Words that stand in one source of this document, line by line, and its number behind them."""

    def cite(passages: Sequence[Passage]) -> Cited | None:
        for passage in passages:
            if passage.uri == uri and all(quote in passage.text for quote in quotes):
                return "\n".join(quotes) + f" [{passage.number}]", (passage.number,)
        return None

    return cite


def resting(answer: str, uris: Collection[str]) -> Cite:
    """A person's own words, behind them the source that says most of them; among these documents, if any are named."""

    def cite(passages: Sequence[Passage]) -> Cited | None:
        named = [passage for passage in passages if not uris or passage.uri in uris]
        best = max(named, key=lambda passage: said_by(answer, passage), default=None)
        if best is None or (not uris and said_by(answer, best) < SAYS):
            return None
        return f"{answer.strip()} [{best.number}]", (best.number,)

    return cite


def renumbered(answer: str, chunks: Mapping[int, str]) -> Cite:
    """An answer that was given once, with the numbers that its chunks have now."""

    def cite(passages: Sequence[Passage]) -> Cited | None:
        places = {chunk.id: passage.number for passage in passages for chunk in passage.chunks}
        now = {number: places.get(chunk, 0) for number, chunk in chunks.items()}
        used = dict.fromkeys(int(number) for number in _MARK.findall(answer))
        if not used or not all(now.get(number) for number in used):
            return None
        text = _MARK.sub(lambda match: f" [{now[int(match[1])]}]", answer)
        return text.strip(), tuple(sorted({now[number] for number in used}))

    return cite


def said_by(answer: str, passage: Passage) -> float:
    """The largest share of the answer's words that two neighbouring sentences of the passage have."""
    wanted = set(content_terms(answer))
    said = [set(content_terms(one.text)) for one in sentences(passage.text)]
    pairs = [one | other for one, other in pairwise(said)] or said
    return max((len(wanted & terms) / len(wanted) for terms in pairs), default=0.0)
