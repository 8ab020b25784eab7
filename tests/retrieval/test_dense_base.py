from pathlib import Path

import numpy as np
import pytest

from retrieval import dense_base, dense_files
from retrieval.access import PUBLIC, Scope
from retrieval.dense_base import Base
from retrieval.embedder import Vectors
from retrieval.index import Row
from retrieval.rows import Rows, gathered

HR = Scope(frozenset({"group:hr"}))
EAST = np.array([1.0, 0.0], dtype=np.float32)
NORTH = np.array([0.0, 1.0], dtype=np.float32)
FEW = [Row("east", "everyone", EAST), Row("north", "group:hr", NORTH), Row("west", "everyone", -EAST)]


def merged(home: Path, base: Base, tail: Rows, seq: int) -> Base:
    dense_base.merge(home, base, tail, "words@1", seq)
    return dense_base.opened(dense_files.folder_of(home, seq))


@pytest.fixture
def few(tmp_path: Path) -> Base:
    return merged(tmp_path, dense_base.empty(2), gathered(FEW, 2), 3)


def found(base: Base, scope: Scope = PUBLIC) -> list[str]:
    return [near.chunk_id for near in base.search(EAST, scope, 9)]


def clouds(count: int, seed: int) -> Vectors:
    """Unit vectors (count, 16) around 50 points."""
    random = np.random.default_rng(seed)
    points = np.random.default_rng(0).normal(size=(50, 16))
    vectors = points[random.integers(0, 50, count)] + random.normal(0, 0.5, (count, 16))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def tail_of(vectors: Vectors, name: str) -> Rows:
    """Every tenth row is for HR."""
    audiences = ["everyone", "group:hr"]
    return gathered([Row(f"{name}{n}", audiences[n % 10 == 0], one) for n, one in enumerate(vectors)], 16)


def test_an_empty_base_finds_nothing() -> None:
    assert dense_base.empty(2).without(["east"]).search(EAST, PUBLIC, 9) == []


def test_a_merged_row_is_found_inside_its_scope_only(few: Base) -> None:
    assert (found(few), found(few, HR)) == (["east", "west"], ["north"])


def test_a_row_without_is_found_no_more_though_its_scope_was_seen_before(few: Base) -> None:
    before = found(few)
    assert (before, found(few.without(["east", "zzz", "aaa"]))) == (["east", "west"], ["west"])


def test_without_rows_that_are_not_there_it_is_the_same_base(few: Base) -> None:
    assert few.without(["up", "zzz"]) is few


def test_the_latest_scopes_are_remembered_and_not_more(few: Base) -> None:
    for number in range(40):
        few.search(EAST, Scope(frozenset({f"group:{number}"})), 9)
    assert 0 < len(few.seen) <= 16


def test_a_dead_row_and_its_audience_are_in_no_file_after_the_merge(few: Base, tmp_path: Path) -> None:
    base = merged(tmp_path, few.without(["north"]), gathered([Row("south", "everyone", -NORTH)], 2), 4)
    assert (found(base), base.rows.names, base.facts.seq) == (["east", "south", "west"], ("everyone",), 4)
    files = [file.read_bytes() for file in (tmp_path / "dense-000000000004").iterdir()]
    assert not any(NORTH.tobytes() in data[128:] or b"north" in data for data in files if len(data) > 128)


def test_a_big_scope_finds_nearly_all_of_the_nearest_and_a_small_one_all(tmp_path: Path) -> None:
    vectors = clouds(20_000, 1)
    base = merged(tmp_path, dense_base.empty(16), tail_of(vectors, "row"), 9)
    names = np.array([f"row{n}" for n in range(20_000)])
    for scope, share, least in ((PUBLIC, np.arange(20_000) % 10 > 0, 0.98), (HR, np.arange(20_000) % 10 == 0, 1.0)):
        recalled = []
        for question in clouds(50, 2):
            exact = names[share][np.argsort(-(vectors[share] @ question))[:10]]
            recalled += [near.chunk_id in exact for near in base.search(question, scope, 10)]
        assert np.mean(recalled) >= least


def test_a_big_scope_is_not_looked_at_whole(tmp_path: Path) -> None:
    base = merged(tmp_path, dense_base.empty(16), tail_of(clouds(20_000, 1), "row"), 9)
    assert len(base.search(clouds(1, 2)[0], Scope(frozenset({"everyone", "group:hr"})), 20_000)) < 12_000


def test_rows_that_are_added_go_to_the_trained_clusters_until_the_rows_have_doubled(tmp_path: Path) -> None:
    first = merged(tmp_path, dense_base.empty(16), tail_of(clouds(11_000, 1), "a"), 1)
    second = merged(tmp_path, first.without(["a7"]), tail_of(clouds(11_000, 2), "b"), 2)
    third = merged(tmp_path, second, tail_of(clouds(2, 3), "c"), 3)
    assert [base.facts.trained for base in (first, second, third)] == [11_000, 11_000, 22_001]
    assert [len(base.clusters.means) for base in (first, second, third)] == [839, 839, 1_186]
    assert second.clusters.means.tolist() == first.clusters.means.tolist()


def test_rows_of_one_cluster_and_audience_stand_side_by_side(tmp_path: Path) -> None:
    base = merged(tmp_path, dense_base.empty(16), tail_of(clouds(11_000, 1), "a"), 1)
    key = base.clusters.of_rows().astype(np.int64) * 2 + base.rows.audiences
    assert (len(key), bool((np.diff(key) >= 0).all())) == (11_000, True)
