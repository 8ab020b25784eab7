"""What a dense index is on disk: folders `dense-<seq>` of arrays that never change, whole once the manifest is there.

Every byte is summed up at opening and compared with what was written. That takes as long as reading does, a tenth of a
second for 1.5 GB in the system's cache, and finds what breaks, not what a person forges. The arrays are mapped:
processes share them.
"""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.chunk import digest
from retrieval.embedder import Vectors

_VECTORS, _MANIFEST = "vectors.npy", "manifest.json"
_WORDS = 1 << 17  # of 8 bytes in a block of the checksum


@dataclass(frozen=True, slots=True)
class Facts:
    """Which embedder made the vectors, of which length, up to which change, and how many rows trained the means."""

    embedder: str
    dim: int
    seq: int
    trained: int


@dataclass(frozen=True, slots=True)
class Arrays:
    """The columns (n,) in the order of the vectors, what their codes mean, and the clusters."""

    ids: NDArray[np.bytes_]
    by_id: NDArray[np.int32]
    audiences: NDArray[np.int32]
    names: NDArray[np.bytes_]
    means: Vectors
    starts: NDArray[np.int32]


def folder_of(home: Path, seq: int) -> Path:
    """Where the state at this change is."""
    return home / f"dense-{seq:012d}"


def newest(home: Path) -> list[Path]:
    """The folders, newest first."""
    return sorted(home.glob("dense-" + "[0-9]" * 12), reverse=True)


def write(home: Path, facts: Facts, arrays: Arrays, vectors: Iterable[Vectors]) -> None:
    """Write a folder: temporary name, synced, renamed. The vectors (n, dim) come in blocks and are never in memory."""
    folder = folder_of(home, facts.seq)
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        for field in fields(arrays):
            np.save(temporary / f"{field.name}.npy", getattr(arrays, field.name))
        _write_vectors(temporary / _VECTORS, (len(arrays.ids), facts.dim), vectors)
        sums = {path.name: checksum(path) for path in temporary.iterdir()}
        (temporary / _MANIFEST).write_text(json.dumps({"facts": asdict(facts), "sums": sums}))
        for path in (*temporary.iterdir(), temporary):
            sync(path)
        if not folder.exists():  # else another process saved the same state first
            temporary.rename(folder)
        sync(home)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def read(folder: Path) -> tuple[Facts, Arrays, Vectors]:
    """Facts, arrays and vectors (n, dim), mapped, once all of their bytes have been checked.

    Raises:
        OSError, ValueError, KeyError, TypeError: the folder is damaged.
    """
    manifest = json.loads((folder / _MANIFEST).read_text())
    for name, written in manifest["sums"].items():
        if checksum(folder / name) != written:
            raise ValueError(f"the checksum of {name} does not match")
    arrays = {field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r") for field in fields(Arrays)}
    return Facts(**manifest["facts"]), Arrays(**arrays), np.load(folder / _VECTORS, mmap_mode="r")


def remove(folder: Path) -> None:
    """Remove a folder; whoever has it open goes on reading it."""
    shutil.rmtree(folder, ignore_errors=True)


def tidy(home: Path, seq: int) -> None:
    """Remove the states before this change and what dead processes left behind.

    Where another process has saved a newer state meanwhile, that one alone stays: what is older may hold what was
    deleted.
    """
    latest = max([folder_of(home, seq), *newest(home)])
    for old in home.glob("dense-*"):
        stale = old.suffix == ".tmp" or old.name < latest.name
        if stale and not _is_being_written(old):
            remove(old)


def checksum(path: Path) -> str:
    """Digest of the sums of a file's blocks, read as 8-byte numbers; notices any single change."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    words = data[: len(data) // 8 * 8].view(np.uint64)
    even = len(words) // _WORDS * _WORDS
    sums = [words[:even].reshape(-1, _WORDS).sum(axis=1), words[even:].sum(keepdims=True)]
    return digest(b"".join(part.tobytes() for part in sums) + data[len(words) * 8 :].tobytes() + b"%d" % len(data))


def _write_vectors(path: Path, shape: tuple[int, int], blocks: Iterable[Vectors]) -> None:
    # Not through a map: where the disk is full, writing to a map kills the process.
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": shape})
        for block in blocks:
            file.write(np.ascontiguousarray(block, dtype="<f4").data)


def _is_being_written(folder: Path) -> bool:
    """Whether another process is at work on this temporary folder; its name tells which."""
    _, _, rest = folder.name.partition(".")
    process = rest.removesuffix(".tmp")
    if not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)  # asks whether it lives, sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives and is somebody else's
        return True
    return True


def sync(path: Path) -> None:
    """Wait until a file or a folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
