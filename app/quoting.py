"""The quoting answerer: the sentences that best support the answer, verbatim and cited. Needs no language model."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from app.answerer import Answering, Piece, Quote
from retrieval.budget import TokenUse
from retrieval.embedder import Embedder, Vectors
from retrieval.errors import QuestionRefused
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from retrieval.sentences import Sentence, sentences
from retrieval.terms import content_terms, terms

LONGEST_QUESTION = 8_000  # characters
_PASSAGES = 4  # the best passages are searched for sentences
_CANDIDATES = 32
_MOST_QUOTES = 3
_CLOSE = 0.12  # a further sentence is quoted when its score is this close to the best one's
_LEXICAL_WEIGHT, _RELEVANCE_WEIGHT = 0.3, 0.2
_REMEMBERED = 20_000  # sentence vectors


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a passage, and how well it supports the answer."""

    passage: Passage
    sentence: Sentence
    score: float


class QuotingAnswerer:
    """Quotes instead of writing: correct and cited on a machine without weights."""

    name = "quoting"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()

    def check(self, question: str) -> None:
        """A question has an end."""
        if len(question) > LONGEST_QUESTION:
            raise QuestionRefused(
                f"The question has {len(question):,} characters; {LONGEST_QUESTION:,} are the most. Please shorten it"
            )

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Choose the sentences, then give them one by one; the turns are in the standalone question."""
        return Answering(tuple(passages), TokenUse(), self._pieces(standalone, passages))

    def _pieces(self, question: str, passages: Sequence[Passage]) -> Iterator[Piece]:
        chosen = _chosen(self._scored(question, passages))
        for position, (number, first, last) in enumerate(chosen):
            passage = next(one for one in passages if one.number == number)
            if position:
                yield Piece("\n\n")
            yield Piece(passage.text[first:last], Quote(number, first, last))
            yield Piece(f" [{number}]")

    def _scored(self, question: str, passages: Sequence[Passage]) -> list[_Candidate]:
        found = [(one, sentence) for one in passages[:_PASSAGES] for sentence in sentences(one.text)]
        found = list(islice(((one, unit) for one, unit in found if len(unit.text) > 12), _CANDIDATES))
        if not found:
            return []
        cosines = self._embed([unit.text for _, unit in found]) @ self._embedder.query(question)
        wanted = set(content_terms(question))
        return [
            _Candidate(
                passage,
                unit,
                float(cosine)
                + _LEXICAL_WEIGHT * len(wanted & set(terms(unit.text))) / len(wanted or {""})
                + _RELEVANCE_WEIGHT * passage.relevance,
            )
            for (passage, unit), cosine in zip(found, cosines, strict=True)
        ]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._embedder.passages(missing), strict=True))
        found = np.stack([self._vectors[text] for text in texts])
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return found


def _chosen(candidates: Sequence[_Candidate]) -> list[tuple[int, int, int]]:
    """Spans to quote as (passage number, start, end): the best one's passage first, neighbours joined."""
    ranked = sorted(candidates, key=lambda one: -one.score)
    kept: list[_Candidate] = []
    for one in ranked:
        repeats = any(one.sentence.text == other.sentence.text for other in kept)
        if len(kept) < _MOST_QUOTES and not repeats and one.score >= ranked[0].score - _CLOSE:
            kept.append(one)
    order = {number: rank for rank, number in enumerate(dict.fromkeys(one.passage.number for one in kept))}
    spans: list[tuple[int, int, int]] = []
    for one in sorted(kept, key=lambda each: (order[each.passage.number], each.sentence.start)):
        number, start, end = one.passage.number, one.sentence.start, one.sentence.end
        if spans and _continues(one.passage, spans[-1], start):
            spans[-1] = (number, spans[-1][1], end)
        else:
            spans.append((number, start, end))
    return spans


def _continues(passage: Passage, span: tuple[int, int, int], start: int) -> bool:
    """Whether the sentence at `start` follows the span at once, in the same chunk."""
    number, first, last = span
    if number != passage.number or passage.text[last:start].strip(" \n-"):
        return False
    return passage.place(first, last).chunk is passage.place(start, start + 1).chunk
