"""Looking at reading processes from outside, as Linux shows them."""

import sys
import time
from pathlib import Path

import pytest

from ingest.jail import Jail

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def process_of(jail: Jail) -> int:
    """The number of the process that reads."""
    assert jail.held is not None
    assert jail._process
    return jail._process._process.pid


def children(parent: int) -> list[int]:
    """The reading processes that this process has started and that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command, status = (folder / "cmdline").read_bytes(), (folder / "stat").read_text()
        except OSError:  # it has just ended
            continue
        if b"ingest.jail_worker" in command and int(status.rpartition(")")[2].split()[1]) == parent:
            found.append(int(folder.name))
    return found


def is_busy(process: int) -> bool:
    """Whether it has worked for a tenth of a second, or does so within five."""
    before = _ticks(process)
    for _ in range(500):
        if _ticks(process) >= before + 10:
            return True
        time.sleep(0.01)
    return False


def _ticks(process: int) -> int:
    """Processor time in hundredths of a second."""
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11])


def is_gone(process: int) -> bool:
    """Whether it has ended, or does so within five seconds."""
    stat = Path(f"/proc/{process}/stat")
    for _ in range(500):
        try:
            if stat.read_text().rpartition(")")[2].split()[0] == "Z":  # nobody has asked for its exit status yet
                return True
        except OSError:
            return True
        time.sleep(0.01)
    return False
