"""Keeping child processes alive: one that ends by itself is started again, later each time, and it is said.

What ends again and again at once is given up where nothing works without it; what says that starting it again is of no
use is not started again.
"""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from retrieval.errors import FrontdeskError

NO_USE = os.EX_CONFIG  # the exit status of a child that would end the same way again
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0  # seconds
_LIVED = 60.0  # seconds after which a child counts as having run well
_MOST = 5  # short lives in a row of a child without which nothing works
_STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Program:
    """What is to be kept running. `is_needed`: without it the others are of no use."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_needed: bool = True


@dataclass(slots=True)
class _Child:
    program: Program
    process: "subprocess.Popen[bytes] | None"
    began: float
    short_lives: int = 0
    next_start: float = 0.0


@dataclass(slots=True)
class Supervision:
    """Starts programs and looks after them until `stop`; `now` is a clock that only goes on."""

    say: Callable[[str], None]
    now: Callable[[], float]
    _children: list[_Child] = field(default_factory=list)

    def start(self, program: Program) -> None:
        """Start one, in a process group of its own: Ctrl-C reaches us alone, and we stop them in order."""
        self._children.append(_Child(program, None, self.now()))
        self._begin(self._children[-1])

    @property
    def all_run(self) -> bool:
        """Whether none has ended."""
        return all(child.process is not None and child.process.poll() is None for child in self._children)

    def look(self) -> None:
        """Start again what ended and whose time has come.

        Raises:
            FrontdeskError: one that is needed does not stay alive.
        """
        for child in list(self._children):
            if child.process is None:
                if self.now() >= child.next_start:
                    self._begin(child)
            elif child.process.poll() is not None:
                self._ended(child, child.process.returncode)

    def stop(self) -> None:
        """End them all, the last one first; kill what does not end."""
        alive = [child.process for child in self._children if child.process is not None]
        for process in reversed(alive):
            process.terminate()
        for process in alive:
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _begin(self, child: _Child) -> None:
        child.began = self.now()
        child.process = subprocess.Popen(
            list(child.program.command),
            env=dict(child.program.environment),
            start_new_session=True,
            stdin=subprocess.DEVNULL,
        )

    def _ended(self, child: _Child, status: int) -> None:
        name, how = child.program.name, _how(status)
        lived_well = self.now() - child.began >= _LIVED
        child.process, child.short_lives = None, 1 if lived_well else child.short_lives + 1
        if status == NO_USE and not child.program.is_needed:
            self._children.remove(child)
            self.say(f"{name} {how} and is not started again: what it said stands above")
            return
        if child.program.is_needed and child.short_lives >= _MOST:
            raise FrontdeskError(f"{name} {how} {_MOST} times in a row; what it said stands above")
        wait = min(_FIRST_WAIT * 2 ** (child.short_lives - 1), _LONGEST_WAIT)
        child.next_start = self.now() + wait
        self.say(f"{name} {how}. It is started again in {wait:.0f} s; what it said stands above")


def _how(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
