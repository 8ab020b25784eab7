"""Rows of a dense index in one order, and the exact search among some of them with FAISS."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.access import Scope
from retrieval.embedder import Vectors
from retrieval.index import Near, Row

Places = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Vectors (n, dim), ids (n,) in UTF-8, audiences (n,) as places in `names`; in memory or mapped from files."""

    vectors: Vectors
    ids: NDArray[np.bytes_]
    audiences: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def inside(self, scope: Scope) -> NDArray[np.bool_]:
        """Whether each row (n,) is inside the scope."""
        if not self.names:
            return np.zeros(len(self), dtype=np.bool_)
        return np.take(np.array([name in scope for name in self.names], dtype=np.bool_), self.audiences)

    def nearest(self, vector: Vectors, places: NDArray[np.integer], k: int) -> list[Near]:
        """The k rows nearest to the vector (dim,) among those at these places; no other row is looked at."""
        from faiss import knn_inner_products_by_idx, swig_ptr  # type: ignore[attr-defined]

        count, dim = min(k, len(places)), self.vectors.shape[1]
        if not count:
            return []
        question, among = np.ascontiguousarray(vector, dtype=np.float32), places.astype(np.int64)
        assert question.shape == (dim,)  # FAISS reads where the pointers point
        cosines, found = np.empty(count, dtype=np.float32), np.empty(count, dtype=np.int64)
        asked = (swig_ptr(question), swig_ptr(self.vectors), swig_ptr(among), dim, 1, len(self), len(among), count)
        knn_inner_products_by_idx(*asked, swig_ptr(cosines), swig_ptr(found), 0)
        # A question that is no number has no neighbours: FAISS fills up with -1.
        pairs = [(place, cosine) for place, cosine in zip(found, cosines, strict=True) if place >= 0]
        return [Near(self.ids[place].decode(), float(cosine)) for place, cosine in pairs]

    def where(self, mask: NDArray[np.bool_]) -> "Rows":
        """Those of the rows where the mask (n,) says so."""
        if mask.all():
            return self
        return Rows(self.vectors[mask], self.ids[mask], self.audiences[mask], self.names)

    def joined(self, more: "Rows") -> "Rows":
        """These rows and then those; many vectors are copied only where both are some."""
        if not len(self) or not len(more):
            return self if len(self) else more
        audiences, names = joined_audiences(self, more)
        vectors = np.concatenate([self.vectors, more.vectors])
        return Rows(vectors, np.concatenate([self.ids, more.ids]), audiences, names)


def gathered(rows: Sequence[Row], dim: int) -> Rows:
    """These rows in memory."""
    names: dict[str, int] = {}
    audiences = [names.setdefault(row.audience, len(names)) for row in rows]
    vectors = np.empty((len(rows), dim), dtype=np.float32)
    for place, row in enumerate(rows):
        vectors[place] = row.vector
    return Rows(vectors, encoded([row.chunk_id for row in rows]), np.array(audiences, dtype=np.int32), tuple(names))


def joined_audiences(first: Rows, second: Rows) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """The audiences of both as places in the names of both."""
    names = {name: place for place, name in enumerate(first.names)}
    places = np.array([names.setdefault(name, len(names)) for name in second.names], dtype=np.int32)
    return np.concatenate([first.audiences, places[second.audiences]]), tuple(names)


def encoded(ids: Sequence[str]) -> NDArray[np.bytes_]:
    """Ids as an array of bytes (n,)."""
    return np.array([chunk.encode() for chunk in ids], dtype=np.bytes_)
