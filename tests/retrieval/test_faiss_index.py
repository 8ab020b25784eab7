"""What is FAISS's own: the folder on disk and what a killed or broken save leaves there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval.access import PUBLIC
from retrieval.faiss_index import FaissIndex, _State
from retrieval.index import Row
from retrieval.rows import Rows

EAST = np.array([1.0, 0.0], dtype=np.float32)
NORTH = np.array([0.0, 1.0], dtype=np.float32)


def saved(home: Path) -> Path:
    """Two rows at 2; returns the folder."""
    index = FaissIndex(home, "words@1", 2)
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    index.save()
    return home / "dense-000000000002"


def found(home: Path) -> tuple[int, list[str]]:
    index = FaissIndex(home, "words@1", 2)
    return index.seq, [near.chunk_id for near in index.search(EAST, PUBLIC, 10)]


def test_a_save_leaves_one_complete_folder(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000002"]
    names = {"vectors", "ids", "by_id", "audiences", "names", "means", "starts"}
    assert {path.name for path in folder.iterdir()} == {"manifest.json", *(f"{name}.npy" for name in names)}


def test_a_later_save_replaces_the_folder(tmp_path: Path) -> None:
    saved(tmp_path)
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([], ["east"], 3)
    index.save()
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000003"]


def test_a_merge_is_due_once_two_thousand_rows_wait_and_no_more_after_a_save(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    rows = [Row(str(n), "everyone", EAST) for n in range(2_000)]
    due = []
    for changed in (rows[:1_999], rows[1_999:]):
        index.apply(changed, [], 2)
        due.append(index.due)
    index.save()
    assert [*due, index.due] == [False, True, False]


def test_a_big_base_waits_for_a_hundredth_of_its_rows(tmp_path: Path) -> None:
    def blank(count: int) -> Rows:
        return Rows(np.zeros((count, 2), dtype=np.float32), np.zeros(count, dtype="S1"), np.zeros(count, np.int32), ())

    index = FaissIndex(tmp_path, "words@1", 2)
    due = []
    for waiting in (2_999, 3_000):
        index._state = _State(replace(index._state.base, rows=blank(300_000)), blank(waiting), 1)
        due.append(index.due)
    assert due == [False, True]


def test_saving_what_is_saved_writes_nothing(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    before = (folder / "vectors.npy").stat()
    index = FaissIndex(tmp_path, "words@1", 2)
    index.save()
    assert (folder / "vectors.npy").stat() == before


class Busy(FaissIndex):
    """While it merges, the ledger changes or is replaced."""

    meanwhile: Callable[[FaissIndex], None]

    def _merged(self, state: _State) -> _State:
        self.meanwhile(self)
        return super()._merged(state)


def busy(home: Path, meanwhile: Callable[[FaissIndex], None]) -> FaissIndex:
    index = Busy(home, "words@1", 2)
    index.meanwhile = meanwhile
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    return index


def test_changes_during_a_merge_count_at_once_and_after_it(tmp_path: Path) -> None:
    seen = []

    def change(index: FaissIndex) -> None:
        index.apply([Row("west", "everyone", -EAST), Row("east", "group:hr", EAST)], ["north"], 5)
        seen.append([near.chunk_id for near in index.search(EAST, PUBLIC, 10)])

    index = busy(tmp_path, change)
    index.save()
    after = [near.chunk_id for near in index.search(EAST, PUBLIC, 10)]
    assert (seen, after, index.seq, found(tmp_path)) == ([["west"]], ["west"], 5, (2, ["east", "north"]))


def test_what_was_missed_by_a_merge_is_in_the_next_one(tmp_path: Path) -> None:
    index = busy(tmp_path, lambda index: index.apply([Row("west", "everyone", -EAST)], ["north"], 5))
    index.save()
    index.save()
    assert found(tmp_path) == (5, ["east", "west"])


def test_a_clear_during_a_merge_wins(tmp_path: Path) -> None:
    def refill(index: FaissIndex) -> None:
        index.clear()
        index.apply([Row("west", "everyone", -EAST)], [], 1)

    index = busy(tmp_path, refill)
    index.save()
    assert ([near.chunk_id for near in index.search(EAST, PUBLIC, 10)], index.seq) == (["west"], 1)
    assert found(tmp_path) == (0, [])


def test_a_merge_that_fails_leaves_everything_in_memory_and_the_next_one_works(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("no folder can be made here")
    index = FaissIndex(home, "words@1", 2)
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    with pytest.raises(OSError, match="home"):
        index.save()
    before = [near.chunk_id for near in index.search(EAST, PUBLIC, 10)]
    home.unlink()
    index.save()
    assert (before, found(home)) == (["east", "north"], (2, ["east", "north"]))


def test_clearing_forgets_what_is_on_disk(tmp_path: Path) -> None:
    # A ledger restored from a copy is older than the index. It was read anew at every start, and once the ledger had
    # more changes than the old index, that one counted as up to date again.
    saved(tmp_path)
    index = FaissIndex(tmp_path, "words@1", 2)
    index.clear()
    index.apply([Row("west", "everyone", -EAST)], [], 1)
    index.save()
    assert ([path.name for path in tmp_path.iterdir()], found(tmp_path)) == (["dense-000000000001"], (1, ["west"]))


def test_clearing_an_index_that_was_never_filled_leaves_what_another_process_saved(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    saved(tmp_path)
    index.clear()
    assert found(tmp_path) == (2, ["east", "north"])


def test_the_folder_that_another_process_saved_is_taken_over(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    before = (saved(tmp_path) / "vectors.npy").stat()
    index.save()
    assert (tmp_path / "dense-000000000002" / "vectors.npy").stat() == before
    assert (len(index._state.tail), index._state.base.facts.seq) == (0, 2)


def test_a_damaged_folder_of_the_same_state_is_written_anew(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    truncate_vectors(saved(tmp_path))
    index.save()
    assert found(tmp_path) == (2, ["east", "north"])


def test_searches_and_changes_in_many_threads_see_whole_states(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([Row(str(n), "everyone", EAST) for n in range(50)], [], 1)

    def search(_: int) -> int:
        return len(index.search(EAST, PUBLIC, 100))

    def change(number: int) -> None:
        index.apply([Row(str(n), "everyone", NORTH) for n in range(50)], [], 2 + number)
        index.save()

    with ThreadPoolExecutor(8) as pool:
        changing = [pool.submit(change, number) for number in range(20)]
        counts = set(pool.map(search, range(500)))
        for one in changing:
            one.result(30)
    assert counts == {50}


def test_a_temporary_folder_of_a_killed_save_is_not_read(tmp_path: Path) -> None:
    saved(tmp_path).rename(tmp_path / "dense-000000000002.4711.tmp")
    assert found(tmp_path) == (0, [])


def test_the_next_save_clears_the_temporary_folder_away(tmp_path: Path) -> None:
    saved(tmp_path).rename(tmp_path / "dense-000000000002.4711.tmp")
    saved(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000002"]


def truncate_vectors(folder: Path) -> None:
    file = folder / "vectors.npy"
    file.write_bytes(file.read_bytes()[:-4])


def flip_a_bit_of_the_vectors(folder: Path) -> None:
    file = folder / "vectors.npy"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def exchange_the_rows(folder: Path) -> None:
    np.save(folder / "ids.npy", np.load(folder / "ids.npy")[::-1])


def empty_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("")


def write_another_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[1, 2]")


def remove_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def be_of_an_older_version(folder: Path) -> None:
    (folder / "vectors.npy").rename(folder / "vectors.faiss")
    (folder / "manifest.json").write_text('{"embedder": "words@1", "dim": 2, "seq": 2, "vectors": "", "rows": ""}')


DAMAGES = [
    truncate_vectors,
    flip_a_bit_of_the_vectors,
    exchange_the_rows,
    empty_the_manifest,
    write_another_manifest,
    remove_the_manifest,
    be_of_an_older_version,
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_counts_as_none(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    damage(saved(tmp_path))
    assert found(tmp_path) == (0, [])


def test_of_two_folders_the_newest_complete_one_is_read(tmp_path: Path) -> None:
    older = saved(tmp_path)
    older.rename(tmp_path / "kept")
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([Row("west", "everyone", -EAST), Row("south", "everyone", -NORTH)], [], 3)
    index.save()
    (tmp_path / "kept").rename(older)
    truncate_vectors(tmp_path / "dense-000000000003")
    assert found(tmp_path) == (2, ["east", "north"])
