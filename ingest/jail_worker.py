"""The reading process: it gives up all it does not need, then reads the documents it is sent, one after the other.

Started by `ingest.jail` as `python -m ingest.jail_worker SECONDS MEMORY`. Requests come on standard input, answers
leave by what was standard output; when the input ends, so does the process.
"""

import ctypes
import math
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from ingest.wire import ANSWER, DOCUMENT, OUT_OF_MEMORY, READY, REASON, REQUEST, packed
from retrieval.document import Document
from retrieval.errors import Unreadable

Read = Callable[[bytes, str], Document]

_MOST_OPEN_FILES = 32
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of <sched.h>
_DIE_WITH_PARENT, _NO_NEW_PRIVILEGES = 1, 38  # PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS of <sys/prctl.h>
_MAKE_RULES, _OBEY_RULES = 444, 446  # Landlock's system calls, the same on every processor
_TELL_VERSION, _KNOWS_TRUNCATING = 1, 3
_ANYTHING_BUT_READING = 0x7FF3  # LANDLOCK_ACCESS_FS_*: execute, write, truncate, make, move, remove


def main(seconds: float, memory: int) -> None:
    """Serve until the input ends."""
    requests, answers = sys.stdin.buffer, _answers()
    held = confine()
    read = _reader()
    held += ["memory"] * limit_memory(memory)
    _send(answers, READY, ",".join(held).encode())
    while head := requests.read(REQUEST.size):
        of_path, of_data = REQUEST.unpack(head)
        path, data = requests.read(of_path).decode(), requests.read(of_data)
        _allow_processor_time(seconds)
        _send(answers, *_answer(read, data, path))


def confine() -> list[str]:
    """Take every limit that this system has, for good; the names of those that hold.

    Before anything is imported that may start a thread: only a process without threads can leave the network.
    """
    held = {"files": _limit(resource.RLIMIT_FSIZE, 0) and _limit(resource.RLIMIT_NOFILE, _MOST_OPEN_FILES)}
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        held["network"] = libc.unshare(_NEW_USER | _NEW_NETWORK) == 0  # into one of its own, which has no way out
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        held["programs"] = _only_read(libc)
        libc.prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)  # last: the namespaces would undo it
    return [name for name, holds in held.items() if holds]


def _reader() -> Read:
    sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl would load it, for nothing, with its threads
    from ingest.reader import read

    return read


def _answers() -> BinaryIO:
    """A way out of our own: what a library prints must not get among the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return answers


def _send(answers: BinaryIO, kind: bytes, data: bytes) -> None:
    answers.write(ANSWER.pack(kind, len(data)))
    answers.write(data)
    answers.flush()


def _answer(read: Read, data: bytes, path: str) -> tuple[bytes, bytes]:
    try:
        return DOCUMENT, packed(read(data, path))
    except Unreadable as exc:
        return REASON, str(exc).encode(errors="replace")
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of this process is not to be trusted with another document
    except Exception as exc:  # noqa: BLE001 - one document must never stop a run
        place = traceback.extract_tb(exc.__traceback__)[-1]
        where = f"{type(exc).__name__} in {Path(place.filename).name}, line {place.lineno}"
        return REASON, f"reading it failed unexpectedly ({where})".encode()


def _only_read(libc: ctypes.CDLL) -> bool:
    """Start no program, and make, change or remove no file; Linux 6.2 and newer."""
    if libc.syscall(_MAKE_RULES, None, 0, _TELL_VERSION) < _KNOWS_TRUNCATING:
        return False
    forbidden = ctypes.c_uint64(_ANYTHING_BUT_READING)
    rules = libc.syscall(_MAKE_RULES, ctypes.byref(forbidden), ctypes.sizeof(forbidden), 0)
    if rules < 0:
        return False
    obeys = libc.syscall(_OBEY_RULES, rules, 0) == 0
    os.close(rules)
    return bool(obeys)


def limit_memory(memory: int) -> bool:
    """To so much above what the process has now; only Linux tells how much that is."""
    size = Path("/proc/self/statm")
    if not size.exists():
        return False
    idle = int(size.read_text().split()[0]) * resource.getpagesize()
    return _limit(resource.RLIMIT_AS, idle + memory)


def _limit(which: int, most: int) -> bool:
    """For good: also the hard limit; one that is lower already stays."""
    _, hard = resource.getrlimit(which)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    with suppress(OSError, ValueError):
        resource.setrlimit(which, (most, most))
        return True
    return False


def _allow_processor_time(seconds: float) -> None:
    """For the next document, also when nobody is left to look at a clock."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + seconds), hard))


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
