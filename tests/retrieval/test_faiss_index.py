"""What is FAISS's own: the folder on disk and what a killed or broken save leaves there."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from retrieval.access import PUBLIC
from retrieval.faiss_index import FaissIndex
from retrieval.index import Row

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
    assert {path.name for path in folder.iterdir()} == {"manifest.json", "rows.json", "vectors.faiss"}


def test_a_later_save_replaces_the_folder(tmp_path: Path) -> None:
    saved(tmp_path)
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([], ["east"], 3)
    index.save()
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000003"]


def test_a_save_merges_what_was_pending(tmp_path: Path) -> None:
    index = FaissIndex(tmp_path, "words@1", 2)
    index.apply([Row("east", "everyone", EAST), Row("north", "everyone", NORTH)], [], 2)
    before = index.pending
    index.save()
    assert (before, index.pending) == (2, 0)


def test_a_temporary_folder_of_a_killed_save_is_not_read(tmp_path: Path) -> None:
    saved(tmp_path).rename(tmp_path / "dense-000000000002.4711.tmp")
    assert found(tmp_path) == (0, [])


def test_the_next_save_clears_the_temporary_folder_away(tmp_path: Path) -> None:
    saved(tmp_path).rename(tmp_path / "dense-000000000002.4711.tmp")
    saved(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000002"]


def truncate_vectors(folder: Path) -> None:
    file = folder / "vectors.faiss"
    file.write_bytes(file.read_bytes()[:-4])


def flip_a_bit_of_the_vectors(folder: Path) -> None:
    file = folder / "vectors.faiss"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def exchange_the_rows(folder: Path) -> None:
    (folder / "rows.json").write_text(json.dumps({"ids": ["north", "east"], "audiences": ["everyone", "everyone"]}))


def empty_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("")


def write_another_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("[1, 2]")


def remove_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


DAMAGES = [
    truncate_vectors,
    flip_a_bit_of_the_vectors,
    exchange_the_rows,
    empty_the_manifest,
    write_another_manifest,
    remove_the_manifest,
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


def test_a_save_leaves_alone_what_another_process_is_writing_and_removes_what_a_dead_one_left(tmp_path: Path) -> None:
    for process in (1, 99_999_999):  # the first process of the machine lives, the other number is none
        (tmp_path / f"dense-000000000001.{process}.tmp").mkdir()
    saved(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dense-000000000001.1.tmp", "dense-000000000002"]
