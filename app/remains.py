"""Looking for bytes in files of any kind and size: all of many patterns in one pass."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SHORTEST = 16  # bytes of a pattern
_HALF = SHORTEST // 2
_BLOCK = 1 << 24
_BITS = 20
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # Knuth's multiplicative hashing
_SHIFT = np.uint64(64 - _BITS)

Numbers = NDArray[np.uint64]
Search = tuple[Iterable[bytes], Iterable[Path]]


def look(searches: Iterable[Search]) -> list[str]:
    """The files of each search that hold one of its patterns, and a sentence for each that cannot be read.

    Another process opens them: closing a file gives up every lock that the process holds on it, and SQLite's locks on
    its database are such (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    told = [[[one.decode("latin-1") for one in wanted], [str(file) for file in files]] for wanted, files in searches]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "app.remains"],
        input=json.dumps(told).encode(),
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path), "PYTHONUTF8": "1"},
        check=False,
    )
    if done.returncode:
        return ["The process that looks through the files ended before its end: what it said stands in the log"]
    return [str(word) for word in json.loads(done.stdout)]


def main() -> None:
    """What that other process does."""
    found = [
        word
        for wanted, files in json.load(sys.stdin.buffer)
        for word in _found_in(map(Path, files), Patterns(one.encode("latin-1") for one in wanted))
    ]
    sys.stdout.write(json.dumps(found))


def _found_in(files: Iterable[Path], wanted: "Patterns") -> Iterable[str]:
    for file in files:
        try:
            if wanted.occur_in(file):
                yield str(file)
        except FileNotFoundError:  # a temporary one
            continue
        except OSError as exc:
            yield f"{file} cannot be read: {exc.strerror}"


class Patterns:
    """Byte patterns to look for. Shorter ones than SHORTEST are left out."""

    def __init__(self, patterns: Iterable[bytes]) -> None:
        kept = [pattern for pattern in patterns if len(pattern) >= SHORTEST]
        self._longest = max(map(len, kept), default=0)
        self._by_head: dict[bytes, list[bytes]] = defaultdict(list)
        for pattern in kept:
            self._by_head[pattern[:SHORTEST]].append(pattern)
        heads = np.frombuffer(b"".join(self._by_head), dtype="<u8").reshape(-1, 2)
        self._heads = np.sort(_mixed(heads[:, 0], heads[:, 1]))
        self._may_begin = np.zeros(1 << _BITS, dtype=np.bool_)
        self._may_begin[_hashed(heads[:, 0])] = True

    def __len__(self) -> int:
        return sum(map(len, self._by_head.values()))

    def occur_in(self, file: Path) -> bool:
        """Whether the file holds any of them."""
        with file.open("rb") as opened:
            rest = b""
            while block := opened.read(_BLOCK):
                data = rest + block
                if self._occur(data):
                    return True
                rest = data[-self._longest :] if self._longest else b""
        return False

    def _occur(self, data: bytes) -> bool:
        return any(
            data.startswith(pattern, place)
            for place in self._places(data)
            for pattern in self._by_head.get(data[place : place + SHORTEST], ())
        )

    def _places(self, data: bytes) -> Iterable[int]:
        """Where a pattern's head may stand: read as 8-byte numbers at each of the eight offsets, compared by hash."""
        for offset in range(_HALF):
            count = (len(data) - offset) // _HALF
            if count < 2:
                return
            numbers = np.frombuffer(data, dtype="<u8", count=count, offset=offset)
            at = np.flatnonzero(self._may_begin[_hashed(numbers[:-1])])
            sure = np.isin(_mixed(numbers[at], numbers[at + 1]), self._heads)
            yield from (at[sure] * _HALF + offset).tolist()


def _hashed(numbers: Numbers) -> NDArray[np.intp]:
    return ((numbers * _FACTOR) >> _SHIFT).astype(np.intp)


def _mixed(first: Numbers, second: Numbers) -> Numbers:
    return (first * _FACTOR) ^ second


if __name__ == "__main__":
    main()
