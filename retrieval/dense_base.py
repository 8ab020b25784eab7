"""The merged rows of a dense index: mapped from disk, ordered by cluster, searched inside a scope."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval import clusters, dense_files
from retrieval.access import Scope
from retrieval.clusters import ENOUGH, Clusters
from retrieval.dense_files import Arrays, Facts
from retrieval.embedder import Vectors
from retrieval.index import Near
from retrieval.rows import Places, Rows, encoded, gathered, joined_audiences

_BLOCK = 65_536
_SCOPES = 16  # remembered, of up to 4 bytes a row each


@dataclass(frozen=True, slots=True)
class Base:
    """Rows in the order of their clusters, which of them are alive (n,), and which of those the latest scopes hold.

    `by_id` (n,) are the places in the order of the ids.
    """

    facts: Facts
    rows: Rows
    by_id: NDArray[np.int32]
    clusters: Clusters
    alive: NDArray[np.bool_]
    seen: dict[Scope, tuple[Places, NDArray[np.intp]]] = field(default_factory=dict)

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        """The k nearest rows inside the scope; exact where it holds no more than ENOUGH."""
        places, bounds = self._places(scope)
        if len(places) > ENOUGH:
            places = self.clusters.promising(vector, places, bounds)
        return self.rows.nearest(vector, places, k)

    def without(self, chunk_ids: Sequence[str]) -> "Base":
        """The same rows, these being dead."""
        if not len(self.rows) or not chunk_ids:
            return self
        ids = encoded(chunk_ids)
        at = np.searchsorted(self.rows.ids, ids, sorter=self.by_id)
        places = self.by_id[np.minimum(at, len(self.rows) - 1)]
        dead = places[self.rows.ids[places] == ids]
        if not self.alive[dead].any():
            return self
        alive = self.alive.copy()
        alive[dead] = False
        return replace(self, alive=alive, seen={})

    def _places(self, scope: Scope) -> tuple[Places, NDArray[np.intp]]:
        found = self.seen.get(scope)
        if found is None:
            places = np.flatnonzero(self.rows.inside(scope) & self.alive).astype(np.int32)
            found = (places, np.searchsorted(places, self.clusters.starts))
            if len(self.seen) >= _SCOPES:
                self.seen.clear()
            self.seen[scope] = found
        return found


def empty(dim: int) -> Base:
    """No rows."""
    nothing = np.zeros(0, dtype=np.int32)
    one = clusters.clustered(np.zeros((1, dim), dtype=np.float32), np.zeros(2, dtype=np.int32))
    return Base(Facts("", dim, seq=0, trained=0), gathered([], dim), nothing, one, np.zeros(0, dtype=np.bool_))


def opened(folder: Path) -> Base:
    """What a folder holds.

    Raises:
        OSError, ValueError, KeyError, TypeError: the folder is damaged.
    """
    facts, arrays, vectors = dense_files.read(folder)
    rows = Rows(vectors, arrays.ids, arrays.audiences, tuple(name.decode() for name in arrays.names))
    alive = np.ones(len(rows), dtype=np.bool_)
    return Base(facts, rows, arrays.by_id, clusters.clustered(arrays.means, arrays.starts), alive)


def merge(home: Path, base: Base, tail: Rows, embedder: str, seq: int) -> None:
    """Write what is alive in the base, and the tail, into a new folder.

    Costs reading and writing every vector once, and comparing the tail's with the means of the clusters. When the rows
    have doubled since the means were trained, they are trained anew and every row is compared with them.
    """
    alive = np.flatnonzero(np.concatenate([base.alive, np.ones(len(tail), dtype=np.bool_)]))
    both = _Both(base.rows.vectors, tail.vectors)
    means, of_rows, trained = _clustered(base, both, alive)
    joined, known = joined_audiences(base.rows, tail)
    used, audiences = np.unique(joined[alive], return_inverse=True)
    order = np.lexsort((audiences, of_rows))
    ids = np.concatenate([base.rows.ids, tail.ids])[alive][order]
    arrays = Arrays(
        ids=ids,
        by_id=np.argsort(ids).astype(np.int32),
        audiences=audiences[order].astype(np.int32),
        names=encoded([known[name] for name in used]),
        means=means,
        starts=np.searchsorted(of_rows[order], np.arange(len(means) + 1)).astype(np.int32),
    )
    facts = Facts(embedder, base.facts.dim, seq, trained)
    dense_files.write(home, facts, arrays, both.blocks(alive[order]))


@dataclass(frozen=True, slots=True)
class _Both:
    """The vectors of the base and then those of the tail."""

    base: Vectors
    tail: Vectors

    def taken(self, places: NDArray[np.integer]) -> Vectors:
        vectors = np.empty((len(places), self.tail.shape[1]), dtype=np.float32)
        old = places < len(self.base)
        vectors[old] = self.base[places[old]]
        vectors[~old] = self.tail[places[~old] - len(self.base)]
        return vectors

    def blocks(self, places: NDArray[np.integer]) -> Iterator[Vectors]:
        for start in range(0, len(places), _BLOCK):
            yield self.taken(places[start : start + _BLOCK])


def _clustered(base: Base, both: _Both, alive: NDArray[np.intp]) -> tuple[Vectors, NDArray[np.int32], int]:
    """Means, the cluster of each living row, and how many rows there were when the means were trained."""
    total = len(alive)
    if total <= max(ENOUGH, 2 * base.facts.trained):
        means = base.clusters.means
        of_rows = np.concatenate([base.clusters.of_rows(), clusters.nearest(both.tail, means)])
        return means, of_rows[alive], base.facts.trained
    means = clusters.trained(both.taken(alive[clusters.sampled(total)]), total)
    return means, np.concatenate([clusters.nearest(block, means) for block in both.blocks(alive)]), total
