import numpy as np
import pytest

from retrieval.clusters import Clusters, clustered, nearest, sampled, trained
from retrieval.embedder import Vectors

EAST = np.array([1.0, 0.0], dtype=np.float32)


def around(*angles: float) -> Vectors:
    """Means of clusters whose rows are all the same."""
    return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32)


def looked_at(clusters: Clusters, places: np.ndarray) -> dict[int, int]:
    """Which clusters a question from the east looks at, and how many rows of each."""
    bounds = np.searchsorted(places, clusters.starts)
    chosen = clusters.promising(EAST, places.astype(np.int32), bounds)
    numbers, counts = np.unique(clusters.of_rows()[chosen], return_counts=True)
    return dict(zip(numbers.tolist(), counts.tolist(), strict=True))


def test_the_nearest_clusters_are_looked_at_until_they_hold_enough() -> None:
    starts = np.array([0, 6_000, 12_000, 18_000, 24_000], dtype=np.int32)
    clusters = clustered(around(1.5, 0.1, 0.7, 3.0), starts)
    assert looked_at(clusters, np.arange(24_000)) == {1: 6_000, 2: 6_000}


def test_in_a_narrow_scope_more_clusters_are_looked_at() -> None:
    starts = np.array([0, 6_000, 12_000, 18_000, 24_000], dtype=np.int32)
    clusters = clustered(around(1.5, 0.1, 0.7, 3.0), starts)
    assert looked_at(clusters, np.arange(0, 24_000, 2)) == {0: 3_000, 1: 3_000, 2: 3_000, 3: 3_000}
    some = np.concatenate([np.arange(6_000), np.arange(12_000, 24_000)])  # nothing of the nearest
    assert looked_at(clusters, some) == {0: 6_000, 2: 6_000}


@pytest.mark.parametrize(("cosine", "first"), [(0.7, 0), (0.86, 1)])
def test_a_cluster_whose_rows_are_far_apart_counts_as_nearer_than_its_mean(cosine: float, first: int) -> None:
    # 0.4 times the spread is added: 0.9 + 0.4 * 0.1 = 0.94 for the first, 0.7 + 0.2 = 0.9 or 0.86 + 0.2 = 1.06.
    means = [[0.9, (1 - 0.1**2 - 0.9**2) ** 0.5], [cosine, max(0, 1 - 0.5**2 - cosine**2) ** 0.5]]
    clusters = clustered(np.array(means, dtype=np.float32), np.array([0, 10_000, 20_000], dtype=np.int32))
    assert looked_at(clusters, np.arange(20_000)) == {first: 10_000}


def test_the_spread_by_hand() -> None:
    clusters = clustered(np.array([[0.6, 0.0], [0.0, 1.0]], dtype=np.float32), np.array([0, 1, 2], dtype=np.int32))
    assert clusters.spreads.tolist() == pytest.approx([0.8, 0.0])


def test_the_cluster_of_each_row() -> None:
    assert clustered(around(0.0, 1.0, 2.0), np.array([0, 2, 2, 3], dtype=np.int32)).of_rows().tolist() == [0, 0, 2]


def test_training_finds_the_clouds() -> None:
    random = np.random.default_rng(7)
    clouds = np.eye(8, dtype=np.float32)
    vectors = (clouds[np.arange(800) % 8] + random.normal(0, 0.01, (800, 8))).astype(np.float32)
    of_rows = nearest(vectors, trained(vectors, 800))
    assert {len(set((rows % 8).tolist())) for rows in (np.flatnonzero(of_rows == one) for one in set(of_rows))} == {1}


def test_the_sample_is_ascending_and_never_larger_than_what_there_is() -> None:
    assert sampled(50).tolist() == list(range(50))
    chosen = sampled(200_000)
    assert (len(chosen), bool((np.diff(chosen) > 0).all())) == (40 * 3577, True)
