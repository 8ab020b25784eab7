"""Documents are read in another process: a hostile or broken file can end that process, not the run.

The process is started when the first document comes and serves many. Whatever goes wrong in it makes one document
unreadable; the next one gets a fresh process. It is not forked: this process has threads, sockets and secrets.
"""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from ingest.wire import ANSWER, DOCUMENT, OUT_OF_MEMORY, READY, REASON, REQUEST, reason_in, unpacked
from retrieval.document import Document
from retrieval.errors import Unreadable, Unusable

LIMITS = ("time", "output", "memory", "files", "programs", "network")
_EVERYWHERE = frozenset(LIMITS[:2])  # this process sees to them
_STARTING = 60.0  # seconds that a process may take until it is ready, on a machine that is very busy
_LONGEST_WORD = 1_000  # bytes with which it says so
_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds, bytes of memory above what the process waits with, bytes that come out."""

    seconds: float = 60.0
    memory: int = 2 * 2**30
    output: int = 50 * 10**6


class Jail:
    """Reads documents in a process of its own. Close it; one thread at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: _Process | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process at once."""
        if self._process:
            self._process.end()
            self._process = None

    def read(self, data: bytes, path: str) -> Document:
        """What `ingest.reader.read` makes of it.

        Raises:
            Unreadable: the reader says so, or reading it broke a limit or the process.
            Unusable: no process can be started.
        """
        if self._process and not self._process.is_waiting:
            self.close()
        had_read_others = self._process is not None and self._process.has_read
        try:
            return self._read(data, path)
        except _Broken:
            if not had_read_others:
                raise
        return self._read(data, path)  # what the process had read before may be to blame

    @property
    def held(self) -> frozenset[str]:
        """Those of `LIMITS` that hold on this system."""
        return _EVERYWHERE | self._ready().held

    def _ready(self) -> "_Process":
        if not self._process:
            self._process = _Process(self._limits)
        return self._process

    def _read(self, data: bytes, path: str) -> Document:
        try:
            found = self._ready().read(data, path)
        except BaseException:  # also Ctrl-C: an answer that nobody fetched would be taken for the next one
            self.close()
            raise
        if isinstance(found, str):
            raise Unreadable(found)
        return found


class _Broken(Unreadable):
    """The process ended, or said what it never says."""


class _Process:
    """One reading process."""

    def __init__(self, limits: Limits) -> None:
        self.has_read = False
        self._limits = limits
        self._process = subprocess.Popen(
            [sys.executable, "-B", "-P", "-m", "ingest.jail_worker", str(limits.seconds), str(limits.memory)],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path), "PYTHONUTF8": "1"},
            start_new_session=True,  # Ctrl-C reaches us alone, and we end it
        )
        os.set_blocking(self._stdin.fileno(), False)
        try:
            kind, word = self._answer(time.monotonic() + _STARTING, _LONGEST_WORD)
        except (TimeoutError, EOFError, OverflowError) as exc:
            how = _ended(self.end())
            raise Unusable(
                f"The process that reads documents cannot be started ({how}); what it said stands above"
            ) from exc
        except BaseException:
            self.end()
            raise
        assert kind == READY
        self.held = frozenset(word.decode().split(","))

    @property
    def is_waiting(self) -> bool:
        """Whether it lives and says nothing unasked."""
        return not _is_ready(self._stdout, select.POLLIN, 0)

    def read(self, data: bytes, path: str) -> Document | str:
        """The document, or why there is none."""
        deadline = time.monotonic() + self._limits.seconds
        name = path.encode()
        try:
            self._send(REQUEST.pack(len(name), len(data)) + name, deadline)
            self._send(data, deadline)
            kind, answer = self._answer(deadline, self._limits.output)
        except TimeoutError:
            raise Unreadable(f"reading it takes longer than {self._limits.seconds:g} seconds") from None
        except OverflowError:
            raise Unreadable(f"it holds more than {self._limits.output // 10**6} MB of text") from None
        except (EOFError, BrokenPipeError):
            raise self._broken() from None
        self.has_read = True
        if kind == REASON:
            return reason_in(answer)
        with suppress(ValueError):
            if kind == DOCUMENT:
                return unpacked(answer)
        raise _Broken("the process that read it answered with something else than a document")

    def end(self) -> int:
        """Kill what is left of it, and what it started; its exit status."""
        if self._process.returncode is None:  # else its number may be another's by now
            with suppress(ProcessLookupError, PermissionError):  # macOS says so of one that has ended
                os.killpg(self._process.pid, signal.SIGKILL)
        self._stdin.close()
        self._stdout.close()
        return self._process.wait()

    def _broken(self) -> Unreadable:
        status = self.end()
        if status == OUT_OF_MEMORY:
            return _Broken(f"reading it takes more than {self._limits.memory // 2**20} MiB of memory")
        if status == -signal.SIGXCPU:
            return Unreadable(f"reading it takes longer than {self._limits.seconds:g} seconds")
        return _Broken(f"it ends the process that reads it ({_ended(status)})")

    def _send(self, data: bytes, deadline: float) -> None:
        rest = memoryview(data)
        while rest:
            self._wait(self._stdin, select.POLLOUT, deadline)
            rest = rest[os.write(self._stdin.fileno(), rest) :]

    def _answer(self, deadline: float, most: int) -> tuple[bytes, bytes]:
        kind, length = ANSWER.unpack(self._receive(ANSWER.size, deadline))
        if length > most:
            raise OverflowError
        return kind, self._receive(length, deadline)

    def _receive(self, length: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            self._wait(self._stdout, select.POLLIN, deadline)
            part = os.read(self._stdout.fileno(), min(_AT_ONCE, length - len(received)))
            if not part:
                raise EOFError
            received += part
        return bytes(received)

    def _wait(self, pipe: IO[bytes], what: int, deadline: float) -> None:
        if not _is_ready(pipe, what, deadline - time.monotonic()):
            raise TimeoutError

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin
        return self._process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self._process.stdout
        return self._process.stdout


def _is_ready(pipe: IO[bytes], what: int, seconds: float) -> bool:
    poll = select.poll()
    poll.register(pipe, what)
    return bool(poll.poll(max(0.0, seconds) * 1000))


def _ended(status: int) -> str:
    return f"exit status {status}" if status >= 0 else signal.Signals(-status).name
