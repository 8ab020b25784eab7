"""What was promoted, rolled back and refused, in one file that only grows; its end says which version answers.

One line of JSON is appended and synced under a lock: what is killed before leaves the former version, what is killed
afterwards the new one. A line that was cut short counts for nothing.
"""

import fcntl
import getpass
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

FILE = "history.jsonl"


class Change(StrEnum):
    """What happened to a version."""

    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    FAILED = "failed"  # a server could not use it: the one before answers
    WAITS = "waits"  # a server has no memory for it beside the one that answers; a restart uses it
    SERVING = "serving"  # a server answers with it from now on


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. `before` is the version that answered until then; `why` the verdict, the reason or the fault."""

    at: str
    who: str
    change: Change
    version: str
    before: str = ""
    why: str = ""


class History:
    """The file in one folder."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def entries(self) -> list[Entry]:
        """All lines that are whole, oldest first."""
        if not self._file.exists():
            return []
        return list(_entries(self._file.read_text(encoding="utf-8", errors="replace")))

    def promoted(self) -> list[str]:
        """The versions that were promoted and not rolled back, oldest first: the last one answers."""
        return promoted(self.entries())

    def stamp(self) -> tuple[int, int]:
        """Changes whenever a line is added."""
        try:
            state = self._file.stat()
        except FileNotFoundError:
            return 0, 0
        return state.st_size, state.st_mtime_ns

    def add(self, change: Change, version: str, why: str = "") -> Entry:
        """Append a line."""
        return self.decide(lambda _: (change, version, why))

    def decide(self, choose: Callable[[list[str]], tuple[Change, str, str]], who: str = "") -> Entry:
        """Append what `choose` makes of the versions that stand promoted, while nobody else can change them.

        `who` is empty for whoever runs this process.
        """
        with self._alone():
            standing = self.promoted()
            change, version, why = choose(standing)
            now = datetime.now(UTC).isoformat(timespec="seconds")
            entry = Entry(now, who or account(), change, version, standing[-1] if standing else "", why)
            self._append(json.dumps(asdict(entry), ensure_ascii=False))
        return entry

    def _append(self, line: str) -> None:
        with self._file.open("ab+") as lines:
            size = lines.seek(0, os.SEEK_END)
            if size:
                lines.seek(size - 1)
                line = line if lines.read(1) == b"\n" else "\n" + line  # after one that was cut short
            lines.write(line.encode() + b"\n")
            lines.flush()
            os.fsync(lines.fileno())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._file.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def account() -> str:
    """Who runs this process; a container may have no name for it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def promoted(entries: list[Entry]) -> list[str]:
    """Fold the lines: what is rolled back or fails makes room for the one promoted before it."""
    standing: list[str] = []
    for entry in entries:
        if entry.change is Change.PROMOTED:
            standing = [one for one in standing if one != entry.version] + [entry.version]
        elif entry.change in (Change.ROLLED_BACK, Change.FAILED) and standing[-1:] == [entry.version]:
            standing.pop()
    return standing


def _entries(text: str) -> Iterator[Entry]:
    for line in text.splitlines():
        try:
            row = json.loads(line)
            told = [str(row.get(name, "")) for name in ("at", "who", "version", "before", "why")]
            yield Entry(told[0], told[1], Change(row["change"]), *told[2:])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
