"""Finding passages: both lists inside the scope, joined, confirmed by the ledger, neighbours read with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine

from retrieval import evidence
from retrieval.access import Scope
from retrieval.chunk import Chunk
from retrieval.embedder import Embedder, Vectors
from retrieval.fusion import fused
from retrieval.index import Near
from retrieval.indexes import Indexes
from retrieval.ledger import lookup
from retrieval.ledger.lookup import Found
from retrieval.lexical import Match
from retrieval.passage import Passage, passages
from retrieval.terms import content_terms, terms

CANDIDATES = 50
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
    features: evidence.Features
    answerable: float


class Retriever:
    """Searches one home."""

    def __init__(self, engine: Engine, embedder: Embedder, indexes: Indexes) -> None:
        self._engine = engine
        self.embedder = embedder
        self._indexes = indexes

    def search(self, question: str, scope: Scope, k: int) -> list[Hit]:
        """The k best chunks inside the scope, best first."""
        self._indexes.catch_up()
        vector = self.embedder.query(question)
        wanted = max(k, CANDIDATES)
        near = self._indexes.dense.search(vector, scope, wanted)
        matches = self._indexes.lexical.search(question, scope, wanted)
        cosines = {one.chunk_id: one.cosine for one in near} | self._cosines(near, matches, vector)
        scores = fused(cosines, matches)
        bm25 = {one.chunk_id: one.bm25 for one in matches}
        alive = lookup.find(self._engine, list(scores), scope)
        hits = [
            Hit(found, cosines.get(chunk, 0.0), bm25.get(chunk, 0.0), scores[chunk]) for chunk, found in alive.items()
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))[:k]

    def find(self, question: str, scope: Scope, passages_wanted: int) -> Finding:
        """Passages for an answer, and the evidence that they hold one."""
        hits = self.search(question, scope, CANDIDATES)
        chosen = self._with_neighbours(hits[:passages_wanted], scope)
        features = self._features(question, hits, chosen)
        probability = evidence.probability(features) if hits else 0.0
        return Finding(tuple(hits), tuple(chosen), features, probability)

    def _cosines(self, near: Sequence[Near], matches: Sequence[Match], vector: Vectors) -> dict[str, float]:
        known = {one.chunk_id for one in near}
        missing = [match.chunk_id for match in matches if match.chunk_id not in known]
        stored = lookup.vectors(self._engine, missing) if missing else {}
        return {chunk: float(of_chunk @ vector) for chunk, (_, of_chunk) in stored.items()}

    def _with_neighbours(self, hits: Sequence[Hit], scope: Scope) -> list[Passage]:
        """Join hits that stand beside each other; read a split section's neighbours with the best hits."""
        places: dict[str, dict[int, Found]] = {}
        relevance: dict[str, float] = {}
        for rank, hit in enumerate(hits):
            relevance[hit.chunk.id] = hit.relevance
            group = places.setdefault(hit.chunk.uri, {})
            group[hit.found.ordinal] = hit.found
            if rank < _READ_WHOLE:
                for beside in lookup.between(
                    self._engine, hit.chunk.uri, hit.found.ordinal - 1, hit.found.ordinal + 1, scope
                ):
                    if beside.chunk.heading_path == hit.chunk.heading_path:
                        group.setdefault(beside.ordinal, beside)
        groups = [run for group in places.values() for run in _runs(group)]
        return passages(groups, relevance)

    def _features(self, question: str, hits: Sequence[Hit], chosen: Sequence[Passage]) -> evidence.Features:
        rarity = self._indexes.lexical.rarity(list(dict.fromkeys(content_terms(question))))
        held = frozenset(term for passage in chosen for term in terms(f"{passage.title} {passage.text}"))
        return evidence.Features(
            cosine=max((hit.cosine for hit in hits), default=0.0), coverage=evidence.coverage(rarity, held)
        )


def _runs(group: dict[int, Found]) -> list[list[Found]]:
    """Chunks of one document as runs of neighbouring places."""
    runs: list[list[Found]] = []
    for ordinal in sorted(group):
        if runs and runs[-1][-1].ordinal == ordinal - 1:
            runs[-1].append(group[ordinal])
        else:
            runs.append([group[ordinal]])
    return runs
