"""What every Index does. A new backend is added to `INDEXES`."""

import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retrieval.access import PUBLIC, Scope
from retrieval.embedder import Vectors
from retrieval.errors import EmbedderMismatch
from retrieval.faiss_index import FaissIndex
from retrieval.index import Index, Row
from retrieval.milvus_index import MilvusIndex

Open = Callable[..., Index]
Make = Callable[[Path, str, int], Index]
SERVER = pytest.param("milvus server", marks=pytest.mark.heavy)
DIM = 8
BOTH = Scope(frozenset({"everyone", "group:hr"}))
HR = Scope(frozenset({"group:hr"}))


def on_server(request: pytest.FixtureRequest) -> Make:
    place, name = request.getfixturevalue("milvus"), uuid.uuid4().hex
    return lambda _, embedder, dim: MilvusIndex(place, name, embedder, dim)


INDEXES: dict[str, Callable[[pytest.FixtureRequest], Make]] = {
    "faiss": lambda _: FaissIndex,
    "milvus lite": lambda _: lambda folder, *made: MilvusIndex(str(folder / "index.db"), "contract", *made),
    "milvus server": on_server,
}


@pytest.fixture(params=["faiss", "milvus lite", SERVER])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens the same index again at each call."""
    make = INDEXES[request.param](request)
    return lambda embedder="words@1": make(tmp_path, embedder, DIM)


def unit(*values: float) -> Vectors:
    vector = np.zeros(DIM, dtype=np.float32)
    vector[: len(values)] = values
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


ROWS = [
    Row("east", "everyone", unit(1, 0)),
    Row("north", "everyone", unit(0, 1)),
    Row("northeast", "group:hr", unit(1, 1)),
    Row("south", "group:hr", unit(0, -1)),
]
NEARLY_EAST = unit(1, 0.1)


def ids(index: Index, scope: Scope = PUBLIC, k: int = 10, vector: Vectors = NEARLY_EAST) -> list[str]:
    return [near.chunk_id for near in index.search(vector, scope, k)]


def test_a_new_index_is_at_0_and_finds_nothing(opened: Open) -> None:
    index = opened()
    assert (index.seq, ids(index, BOTH)) == (0, [])


def test_the_nearest_come_first(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    assert ids(index, BOTH) == ["east", "northeast", "north", "south"]


def test_the_cosine_by_hand(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    near = index.search(unit(1, 1), BOTH, 3)
    assert {one.chunk_id: one.cosine for one in near} == pytest.approx(
        {"northeast": 1.0, "east": 0.70710678, "north": 0.70710678}, abs=1e-5
    )


def test_no_more_than_k_are_found(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    assert ids(index, BOTH, k=2) == ["east", "northeast"]


def test_the_scope_is_applied_inside_the_search(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    index.save()
    assert (ids(index, HR, k=2), ids(index, PUBLIC, k=2)) == (["northeast", "south"], ["east", "north"])


def test_the_scope_is_applied_to_what_is_not_saved_yet(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    assert (ids(index, HR, k=2), ids(index, PUBLIC, k=2)) == (["northeast", "south"], ["east", "north"])


@pytest.mark.parametrize("saved", ["saved", "not saved"])
def test_an_empty_scope_sees_nothing(opened: Open, saved: str) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    if saved == "saved":
        index.save()
    assert ids(index, Scope(frozenset())) == []


@pytest.mark.parametrize("saved", ["saved", "not saved"])
def test_a_row_of_the_same_id_is_replaced(opened: Open, saved: str) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    if saved == "saved":
        index.save()
    index.apply([Row("north", "everyone", unit(1, 0.1)), Row("south", "everyone", unit(0, -1))], [], 6)
    assert ids(index, PUBLIC) == ["north", "east", "south"]


@pytest.mark.parametrize("saved", ["saved", "not saved"])
def test_a_deleted_row_is_not_found(opened: Open, saved: str) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    if saved == "saved":
        index.save()
    index.apply([], ["east", "south"], 6)
    assert ids(index, BOTH) == ["northeast", "north"]


def test_deleting_what_is_not_there_changes_nothing(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, ["west", "up"], 4)
    assert len(ids(index, BOTH)) == 4


def test_an_applied_change_moves_the_index_to_its_number(opened: Open) -> None:
    index = opened()
    index.apply(ROWS[:2], [], 2)
    index.apply(ROWS[2:], ["east"], 7)
    assert index.seq == 7


def test_a_saved_index_gives_the_same_answers_when_it_is_opened_again(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    index.apply([Row("west", "everyone", unit(-1, 0))], ["north"], 6)
    before = index.search(NEARLY_EAST, BOTH, 10)
    index.save()
    again = opened()
    assert (again.seq, again.search(NEARLY_EAST, BOTH, 10)) == (6, before)


def test_what_was_not_saved_is_there_or_gone_as_a_whole_when_it_is_opened_again(opened: Open) -> None:
    index = opened()
    index.apply(ROWS[:2], [], 2)
    index.save()
    index.apply(ROWS[2:], [], 4)
    again = opened()
    found = {2: ["east", "north"], 4: ["east", "northeast", "north", "south"]}
    assert ids(again, BOTH) == found[again.seq]


def test_the_rows_are_counted(opened: Open) -> None:
    index = opened()
    assert index.rows == 0
    index.apply(ROWS, [], 4)
    index.save()
    index.apply([Row("west", "everyone", unit(-1, 0)), ROWS[0]], ["north", "south", "nowhere"], 6)
    assert index.rows == 3


def test_an_audience_of_any_name_is_a_name_and_no_expression(opened: Open) -> None:
    names = [
        'group:"] or id != "',
        'group:\\\\"',
        "group:x' or '1' == '1",
        "group:\n%{a}",
        "group:" + "ü" * 900,
        "group:",
    ]
    index = opened()
    index.apply([Row(f"{number}", name, unit(1, number)) for number, name in enumerate(names)], [], 6)
    assert [ids(index, Scope(frozenset({name}))) for name in names] == [[f"{n}"] for n in range(len(names))]


def test_a_scope_of_thousands_of_audiences_is_searched_whole(opened: Open) -> None:
    names = [f"slack:T1/C{number}" for number in range(4_000)]
    index = opened()
    index.apply([Row("first", names[0], unit(1, 0)), Row("last", names[-1], unit(1, 1)), *ROWS], [], 6)
    assert ids(index, Scope(frozenset(names))) == ["first", "last"]


def test_saving_twice_changes_nothing(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    index.save()
    index.save()
    assert ids(opened(), BOTH) == ["east", "northeast", "north", "south"]


def test_after_a_purge_no_file_holds_what_was_taken_out_and_nothing_else_has_changed(
    opened: Open, tmp_path: Path
) -> None:
    def held(vector: Vectors) -> bool:
        return any(vector.tobytes() in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    gone, kept = unit(*range(1, 9)), unit(*range(2, 10))
    index = opened()
    index.apply([Row("gone", "everyone", gone), Row("kept", "everyone", kept)], [], 2)
    index.save()
    has_files = held(gone)  # a server has its own
    index.apply([], ["gone"], 3)
    index.save()
    index.purge()
    assert (held(gone), held(kept)) == (False, has_files)
    for one in (index, opened()):
        assert (one.seq, one.rows, ids(one)) == (3, 1, ["kept"])


def test_a_cleared_index_is_empty_and_at_0(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    index.save()
    index.clear()
    assert (index.seq, ids(index, BOTH)) == (0, [])


def test_a_cleared_index_can_be_filled_again(opened: Open) -> None:
    index = opened()
    index.apply(ROWS, [], 4)
    index.save()
    index.clear()
    index.apply(ROWS[:2], [], 9)
    assert ids(index, BOTH) == ["east", "north"]


def test_an_index_of_another_embedder_is_refused(opened: Open) -> None:
    index = opened("minilm@1")
    index.apply(ROWS, [], 4)
    index.save()
    with pytest.raises(EmbedderMismatch, match=r"made by the embedder minilm@1, the settings name minilm@2"):
        opened("minilm@2")


def test_the_search_in_a_small_index_is_exact(opened: Open) -> None:
    random = np.random.default_rng(7)
    vectors = random.normal(size=(400, DIM)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    audiences = np.array(["everyone", "group:hr", "slack:T1/C1"])[random.integers(0, 3, 400)]
    rows = [Row(f"{n:03d}", str(audiences[n]), vectors[n]) for n in range(400)]
    index = opened()
    index.apply(rows[:250], [], 250)
    index.save()
    index.apply(rows[250:], ["007", "260"], 400)

    allowed = np.isin(audiences, ["everyone", "group:hr"])
    allowed[[7, 260]] = False
    cosines = np.where(allowed, vectors @ NEARLY_EAST, -2.0)
    assert ids(index, BOTH, k=20) == [f"{n:03d}" for n in np.argsort(-cosines)[:20]]


@pytest.mark.parametrize(
    "opened", ["faiss", pytest.param("milvus lite", marks=pytest.mark.heavy), SERVER], indirect=True
)
def test_in_a_big_index_every_scope_finds_nearly_all_of_the_nearest(opened: Open) -> None:
    # Indexes that walk first and filter afterwards find little in a scope that holds a thousandth of the rows.
    random = np.random.default_rng(7)
    clouds = random.normal(size=(200, DIM))
    vectors = (clouds[random.integers(0, 200, 30_000)] + random.normal(0, 0.6, (30_000, DIM))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    shares = {"everyone": 0.5, "group:tenth": 0.1, "group:hundredth": 0.01, "group:thousandth": 0.001}
    audiences = random.choice([*shares, "group:rest"], 30_000, p=[*shares.values(), 0.389])
    index = opened()
    index.apply([Row(f"{n:05d}", str(audiences[n]), vectors[n]) for n in range(30_000)], [], 1)
    index.save()
    for names in [list(shares), *([name] for name in shares)]:
        allowed = np.flatnonzero(np.isin(audiences, names))
        recalled = []
        for cloud in clouds[:50]:
            question = np.asarray(cloud / np.linalg.norm(cloud), dtype=np.float32)
            exact = allowed[np.argsort(-(vectors[allowed] @ question))[:10]]
            near = index.search(question, Scope(frozenset(names)), 10)
            recalled += [f"{n:05d}" in {one.chunk_id for one in near} for n in exact]
        assert np.mean(recalled) >= 0.98, names
