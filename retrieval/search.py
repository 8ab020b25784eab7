"""Finding passages: both lists inside the scope, joined, confirmed by the ledger, neighbours read with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from heapq import nlargest
from typing import Protocol

from sqlalchemy import Engine

from retrieval import evidence
from retrieval.access import Scope
from retrieval.chunk import Chunk
from retrieval.cross_encoder import CrossEncoder
from retrieval.embedder import Embedder, Vectors
from retrieval.fusion import cross_encoded, fused, reranked
from retrieval.index import Near
from retrieval.indexes import Indexes
from retrieval.ledger import lookup
from retrieval.ledger.lookup import Found
from retrieval.lexical import Match
from retrieval.passage import Passage, passages
from retrieval.precedence import choose, weighed
from retrieval.terms import terms
from retrieval.words import Asked, Words, asked

CANDIDATES = 50
_FURTHER = 4  # times as many are looked at where copies of one text crowd out the rest
_RERANKED = 40
_REMEMBERED = 256  # questions, for those that are asked again and for who answers after the search
_READ_WHOLE = 3  # of the best hits, the section that was split is read with its neighbours


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk that was found. `cosine` -1..1, `bm25` from 0, `score` as fused, `relevance` 0..1 calibrated."""

    found: Found
    cosine: float
    bm25: float
    score: float

    @property
    def chunk(self) -> Chunk:
        """The chunk itself."""
        return self.found.chunk

    @property
    def relevance(self) -> float:
        """Probability that the chunk's document answers the question."""
        return evidence.relevance(self.score)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found for one question, and how sure it is that it answers it (0..1)."""

    hits: tuple[Hit, ...]
    passages: tuple[Passage, ...]
    answerable: float
    undecided: tuple[str, ...] = ()  # names of countries that the asker has to choose from
    verified: bool = False  # the passages are an answer that somebody approved, and nothing else


@dataclass(frozen=True, slots=True)
class Verified:
    """Uris of answers that somebody approved: `usable` ones speak alone where they come first, `closed` ones never."""

    usable: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()


NONE_VERIFIED = Verified()


class Search(Protocol):
    """What an answer needs of a search."""

    def nearest(self, question: str, scope: Scope) -> float:
        """Cosine of the chunk that is nearest to the question alone; -1 where there is none."""
        ...

    def find(
        self,
        question: str,
        scope: Scope,
        passages_wanted: int,
        country: str = "",
        context: str = "",
        verified: Verified = NONE_VERIFIED,
    ) -> Finding:
        """Passages for an answer, and the evidence that they hold one."""
        ...

    def still_has(self, chunks: Collection[str], scope: Scope) -> bool:
        """Whether all these chunks that were found may still be shown: their documents are there and in scope."""
        ...


class Retriever:
    """Searches one home."""

    def __init__(
        self, engine: Engine, embedder: Embedder, indexes: Indexes, cross_encoder: CrossEncoder | None = None
    ) -> None:
        self._engine = engine
        self._embedder = embedder
        self._indexes = indexes
        self._cross_encoder = cross_encoder
        self._read = lru_cache(maxsize=_REMEMBERED)(embedder.read_query)

    def asked(self, question: str) -> Asked:
        """The question as vector and weighed words."""
        read = self._read(question)
        stems = [next(iter(terms(question[start:end])), "") for start, end in read.words.spans]
        rarity = self._indexes.lexical.rarity(list(dict.fromkeys(stems)))
        return asked(read.vector, read.words, [rarity[stem] for stem in stems])

    def nearest(self, question: str, scope: Scope) -> float:
        """Cosine of the chunk that is nearest to the question alone; -1 where there is none."""
        self._indexes.catch_up()
        return max(
            (one.cosine for one in self._indexes.dense.search(self._read(question).vector, scope, 1)), default=-1.0
        )

    def words(self, chunks: Sequence[Chunk], scope: Scope) -> dict[str, Words]:
        """The chunks' words by id: stored, or read now for a chunk that is not in the ledger any more."""
        found = lookup.words(self._engine, [chunk.id for chunk in chunks], scope)
        missing = [chunk for chunk in chunks if chunk.id not in found]
        readings = self._embedder.read([chunk.embedded_text for chunk in missing]) if missing else []
        return found | {chunk.id: reading.words for chunk, reading in zip(missing, readings, strict=True)}

    def search(self, question: str, scope: Scope, k: int, context: str = "") -> list[Hit]:
        """The k best chunks inside the scope, best first. `context` is what else was said of the topic."""
        self._indexes.catch_up()
        text = f"{context} {question}" if context else question
        of_question = self.asked(text)
        wanted = max(k, CANDIDATES)
        near = self._indexes.dense.search(of_question.vector, scope, wanted)
        matches = self._indexes.lexical.search(text, scope, wanted)
        cosines = {one.chunk_id: one.cosine for one in near} | self._cosines(near, matches, of_question.vector)
        alive = lookup.find(self._engine, list(cosines), scope)
        scores = {chunk: score for chunk, score in fused(cosines, matches).items() if chunk in alive}
        best = nlargest(_RERANKED, scores, key=lambda chunk: scores[chunk])
        scores = reranked(scores, of_question, lookup.words(self._engine, best, scope))
        if self._cross_encoder:
            texts = [alive[chunk].chunk.embedded_text for chunk in best]
            scores |= cross_encoded(scores, dict(zip(best, self._cross_encoder.relevance(text, texts), strict=True)))
        scores = weighed(scores, alive, question, datetime.now(UTC).date())
        bm25 = {one.chunk_id: one.bm25 for one in matches}
        hits = [Hit(alive[chunk], cosines[chunk], bm25.get(chunk, 0.0), score) for chunk, score in scores.items()]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))[:k]

    def find(
        self,
        question: str,
        scope: Scope,
        passages_wanted: int,
        country: str = "",
        context: str = "",
        verified: Verified = NONE_VERIFIED,
    ) -> Finding:
        """Passages for an answer to somebody who works in this country, and the evidence that they hold one."""
        today = datetime.now(UTC).date()
        for wanted in (CANDIDATES, CANDIDATES * _FURTHER):
            found = self.search(question, scope, wanted, context)
            hits = [hit for hit in found if hit.chunk.uri not in verified.closed]
            choice = choose(hits, question, country, today, passages_wanted)
            if len(found) < wanted or len(choice.first) >= passages_wanted:
                break  # else copies of one text took all places
        first, best = choice.first, choice.first[0].chunk.uri if choice.first else ""
        if best in verified.usable:
            first = [hit for hit in first if hit.chunk.uri == best]
        chosen = self._with_neighbours(first, scope)
        probability = evidence.probability(max(hit.cosine for hit in choice.heard)) if choice.heard else 0.0
        return Finding(tuple(hits), tuple(chosen), probability, choice.undecided, best in verified.usable)

    def still_has(self, chunks: Collection[str], scope: Scope) -> bool:
        """Whether all these chunks that were found may still be shown: their documents are there and in scope."""
        return set(chunks) <= lookup.quoted(self._engine, chunks, scope).keys()

    def _cosines(self, near: Sequence[Near], matches: Sequence[Match], vector: Vectors) -> dict[str, float]:
        known = {one.chunk_id for one in near}
        missing = [match.chunk_id for match in matches if match.chunk_id not in known]
        stored = lookup.vectors(self._engine, missing) if missing else {}
        return {chunk: float(of_chunk @ vector) for chunk, (_, of_chunk) in stored.items()}

    def _with_neighbours(self, hits: Sequence[Hit], scope: Scope) -> list[Passage]:
        """Join hits that stand beside each other; read a split section's neighbours with the best hits."""
        places: dict[str, dict[int, Found]] = {}
        for rank, hit in enumerate(hits):
            group = places.setdefault(hit.chunk.uri, {})
            group[hit.found.ordinal] = hit.found
            if rank < _READ_WHOLE:
                for beside in lookup.between(
                    self._engine, hit.chunk.uri, hit.found.ordinal - 1, hit.found.ordinal + 1, scope
                ):
                    if beside.chunk.heading_path == hit.chunk.heading_path:
                        group.setdefault(beside.ordinal, beside)
        groups = [run for group in places.values() for run in _runs(group)]
        return passages(groups, {hit.chunk.id: hit.score for hit in hits})


def _runs(group: dict[int, Found]) -> list[list[Found]]:
    """Chunks of one document as runs of neighbouring places."""
    runs: list[list[Found]] = []
    for ordinal in sorted(group):
        if runs and runs[-1][-1].ordinal == ordinal - 1:
            runs[-1].append(group[ordinal])
        else:
            runs.append([group[ordinal]])
    return runs
