import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from retrieval import dense_files
from retrieval.dense_files import Arrays, Facts
from retrieval.embedder import Vectors

FACTS = Facts("words@1", 2, seq=7, trained=0)
VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8]], dtype=np.float32)


def arrays(*ids: bytes) -> Arrays:
    return Arrays(
        ids=np.array(ids),
        by_id=np.argsort(ids).astype(np.int32),
        audiences=np.zeros(len(ids), dtype=np.int32),
        names=np.array([b"everyone"]),
        means=np.zeros((1, 2), dtype=np.float32),
        starts=np.array([0, len(ids)], dtype=np.int32),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dense_files.write(tmp_path, FACTS, arrays(b"b", b"c", b"a"), [VECTORS[:2], VECTORS[2:]])
    return tmp_path / "dense-000000000007"


def test_what_was_written_is_read(folder: Path) -> None:
    facts, columns, vectors = dense_files.read(folder)
    assert (facts, columns.ids.tolist(), columns.by_id.tolist()) == (FACTS, [b"b", b"c", b"a"], [2, 0, 1])
    assert vectors.tolist() == VECTORS.tolist()


def test_the_vectors_are_mapped_and_cannot_be_changed(folder: Path) -> None:
    vectors = dense_files.read(folder)[2]
    assert (isinstance(vectors, np.memmap), vectors.flags.writeable, vectors.flags.c_contiguous) == (True, False, True)


def test_no_rows_are_written_and_read(tmp_path: Path) -> None:
    nothing = replace(arrays(), ids=np.zeros(0, dtype="S1"))
    dense_files.write(tmp_path, FACTS, nothing, [])
    assert dense_files.read(tmp_path / "dense-000000000007")[2].shape == (0, 2)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def lengthen(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0")


def blank(file: Path) -> None:
    file.write_bytes(bytes(len(file.read_bytes())))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def unlink(file: Path) -> None:
    file.unlink()


NAMES = ["ids", "by_id", "audiences", "names", "means", "starts", "vectors"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", [cut, flip_a_bit, lengthen, blank, empty, unlink])
def test_damage_to_any_file_is_found_at_opening(folder: Path, name: str, damage: Callable[[Path], None]) -> None:
    damage(folder / f"{name}.npy")
    with pytest.raises((OSError, ValueError)):
        dense_files.read(folder)


@pytest.mark.parametrize("text", ["", "[1, 2]", "{}", json.dumps({"facts": {}, "sums": {}}), "7"])
def test_a_manifest_that_says_something_else_is_damage(folder: Path, text: str) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises((ValueError, KeyError, TypeError)):
        dense_files.read(folder)


def test_a_folder_without_a_manifest_is_unfinished(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(OSError, match="manifest"):
        dense_files.read(folder)


def test_the_checksum_notices_blocks_that_changed_places(tmp_path: Path) -> None:
    block = 8 << 17
    sums = []
    for name, parts in (("one", [b"\1", b"\2", b"\3"]), ("two", [b"\2", b"\1", b"\3"])):
        (tmp_path / name).write_bytes(b"".join(part * block for part in parts))
        sums.append(dense_files.checksum(tmp_path / name))
    assert sums[0] != sums[1]


def test_a_disk_that_is_full_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    def blocks() -> Iterator[Vectors]:
        yield VECTORS[:1]
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        dense_files.write(tmp_path, FACTS, arrays(b"b", b"c", b"a"), blocks())
    assert list(tmp_path.iterdir()) == []


def test_where_another_process_was_faster_its_folder_stays(folder: Path, tmp_path: Path) -> None:
    before = (folder / "manifest.json").stat().st_ino
    dense_files.write(tmp_path, FACTS, arrays(b"b", b"c", b"a"), [VECTORS])
    assert ([path.name for path in tmp_path.iterdir()], (folder / "manifest.json").stat().st_ino) == (
        ["dense-000000000007"],
        before,
    )


def test_who_has_a_removed_folder_open_goes_on_reading(folder: Path) -> None:
    vectors = dense_files.read(folder)[2]
    dense_files.remove(folder)
    assert vectors.tolist() == VECTORS.tolist()


def test_the_newest_folder_comes_first_and_unfinished_ones_do_not_count(tmp_path: Path) -> None:
    for name in ("dense-000000000002", "dense-000000000010", "dense-000000000011.4711.tmp", "other"):
        (tmp_path / name).mkdir()
    assert [path.name for path in dense_files.newest(tmp_path)] == ["dense-000000000010", "dense-000000000002"]


def test_tidying_removes_older_states_and_what_a_dead_process_left(tmp_path: Path) -> None:
    # The first process of the machine lives, the other number is none.
    for name in ("dense-000000000002", "dense-000000000003", "dense-000000000004"):
        (tmp_path / name).mkdir()
    for process in (1, 99_999_999):
        (tmp_path / f"dense-000000000001.{process}.tmp").mkdir()
    dense_files.tidy(tmp_path, 4)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dense-000000000001.1.tmp", "dense-000000000004"]


def test_tidying_leaves_the_newer_state_of_another_process_alone(tmp_path: Path) -> None:
    # A merge that began before a deletion ended after it, and left the deleted vectors on disk.
    for name in ("dense-000000000003", "dense-000000000004", "dense-000000000005"):
        (tmp_path / name).mkdir()
    dense_files.tidy(tmp_path, 4)
    assert [path.name for path in tmp_path.iterdir()] == ["dense-000000000005"]
