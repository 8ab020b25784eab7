"""The desk with its sources given, in place of a search: the real way of an answer for held-out questions."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np

from app.access import NOBODY
from app.answerer import Answerer
from app.desk import Desk
from app.events import Done, Failed, Refused
from app.finetune.example import Example, SourceText
from app.question import Question
from retrieval import evidence
from retrieval.access import EVERYONE, Scope
from retrieval.chunk import Chunk
from retrieval.embedder import Embedder, Vectors
from retrieval.errors import FrontdeskError
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from retrieval.search import NONE_VERIFIED, Finding, Verified

_BEFORE_TURNS = 3  # messages of the run-time prompt that stand before the history


class Nearness:
    """Cosines between questions and sources; each text is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def best(self, question: str, passages: Sequence[Passage]) -> float:
        """The cosine of the source that is nearest to the question; -1 where there is none."""
        texts = [chunk.embedded_text for passage in passages for chunk in passage.chunks]
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known |= dict(zip(new, self._embedder.passages(new), strict=True))
        asked = self._embedder.query(question)
        return max((float(np.dot(self._known[text], asked)) for text in texts), default=-1.0)


class GivenSources:
    """Finds the same sources for every question, with the evidence that the product would have asked for."""

    def __init__(self, passages: Sequence[Passage], nearness: Nearness) -> None:
        self._passages = tuple(passages)
        self._nearness = nearness

    def nearest(self, question: str, scope: Scope) -> float:
        """Cosine of the nearest source."""
        return self._nearness.best(question, self._passages)

    def find(
        self,
        question: str,
        scope: Scope,
        passages_wanted: int,
        country: str = "",
        context: str = "",
        verified: Verified = NONE_VERIFIED,
    ) -> Finding:
        """The sources, and the probability that they answer."""
        asked = f"{context} {question}" if context else question
        return Finding((), self._passages, evidence.probability(self._nearness.best(asked, self._passages)))

    def still_has(self, chunks: Collection[str], scope: Scope) -> bool:
        """They are given, and stay."""
        return True


def ask(desk: Desk, answerer: Answerer, example: Example, sources: GivenSources) -> Done | Refused | Failed:
    """Put an example's question to an answerer as the product would; nothing is kept."""
    alone = replace(desk, retriever=sources, answerers={answerer.name: answerer}, watches=())
    *_, last = alone.ask(Question(example.question, NOBODY, turns=turns_of(example)))
    assert isinstance(last, Done | Refused | Failed)
    return last


def ask_closed_book(answerer: Answerer, example: Example) -> str:
    """What the answerer says without any source; empty where it refuses or fails."""
    try:
        answering = answerer.begin(example.question, example.question, (), turns_of(example))
        return "".join(piece.text for piece in answering.pieces).strip()
    except FrontdeskError:
        return ""


def passages_of(example: Example) -> list[Passage]:
    """An example's sources as a search gives them."""
    return [_passage(source) for source in example.passages]


def turns_of(example: Example) -> tuple[Turn, ...]:
    """The conversation before the question."""
    said = example.messages[_BEFORE_TURNS:-1]
    return tuple(Turn(asked.text, told.text) for asked, told in zip(said[::2], said[1::2], strict=False))


def _passage(source: SourceText) -> Passage:
    headings = (source.heading,) if source.heading else ()
    chunk = Chunk(f"held-out-{source.number}", source.uri, source.title, headings, source.text)
    found: Mapping[str, float] = {chunk.id: 1.0}
    return Passage(source.number, (chunk,), EVERYONE, "", found)
