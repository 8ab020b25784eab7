"""Rows grouped by nearness, for scopes that are too big to look at every row.

A search takes the most promising clusters until they hold ENOUGH rows *of the scope*. So the narrower the scope, the
more clusters are looked at, and a scope of up to ENOUGH rows is searched exactly; an index that walks first and filters
afterwards loses what a selective scope holds. Promising is a cluster whose mean is near to the question, or whose rows
lie far from their mean: with both, a third of the rows finds as much as with nearness alone (docs/decisions.md).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vectors
from retrieval.rows import Places

ENOUGH = 10_000  # rows, about a millisecond
_SPREAD = np.float32(0.4)  # what the distance of the rows from their mean counts
_PER_MEAN, _ROUNDS = 40, 6  # rows that train a mean, and rounds of k-means


@dataclass(frozen=True, slots=True)
class Clusters:
    """Means (c, dim) of unit vectors. The rows of cluster i stand from starts[i] to starts[i + 1]; starts is (c + 1,).

    `spreads` (c,) are the distances of the rows from their mean, root mean square.
    """

    means: Vectors
    spreads: Vectors
    starts: NDArray[np.int32]

    def of_rows(self) -> NDArray[np.int32]:
        """The cluster of each row (n,)."""
        return np.repeat(np.arange(len(self.means), dtype=np.int32), np.diff(self.starts))

    def promising(self, vector: Vectors, places: Places, bounds: NDArray[np.intp]) -> Places:
        """ENOUGH of the ascending places, from the best clusters; `bounds` (c + 1,) are the starts among them."""
        sizes = np.diff(bounds)
        # Not `@`: that wakes a thread per processor, and on a busy machine each search waits for the last of them.
        best = np.argsort(-(np.vecdot(self.means, vector) + _SPREAD * self.spreads))
        needed = int(np.searchsorted(np.cumsum(sizes[best]), ENOUGH)) + 1
        chosen = np.sort(best[:needed])
        ends = np.cumsum(sizes[chosen])
        passed_over = bounds[chosen] - (ends - sizes[chosen])
        return np.asarray(places[np.arange(ends[-1]) + np.repeat(passed_over, sizes[chosen])])


def clustered(means: Vectors, starts: NDArray[np.int32]) -> Clusters:
    """Clusters of unit vectors: the shorter their mean, the further apart they are."""
    return Clusters(means, np.sqrt(np.maximum(0, 1 - np.square(means).sum(axis=1))), starts)


def sampled(rows: int) -> NDArray[np.int64]:
    """Which of so many rows train the means, ascending."""
    wanted = min(rows, _PER_MEAN * _means(rows))
    return np.sort(np.random.default_rng(0).choice(rows, wanted, replace=False))


def trained(sample: Vectors, rows: int) -> Vectors:
    """Means (c, dim) for so many rows, from a sample of them (m, dim)."""
    import faiss

    training = faiss.Kmeans(sample.shape[1], _means(rows), niter=_ROUNDS, seed=1, min_points_per_centroid=1)
    training.train(sample)
    return np.asarray(training.centroids, dtype=np.float32)


def nearest(vectors: Vectors, means: Vectors) -> NDArray[np.int32]:
    """The cluster of each vector (n,)."""
    import faiss

    index = faiss.IndexFlatL2(means.shape[1])
    index.add(means)
    return index.search(vectors, 1)[1][:, 0].astype(np.int32)


def _means(rows: int) -> int:
    return int(8 * rows**0.5)  # so a search compares about as many means as rows
