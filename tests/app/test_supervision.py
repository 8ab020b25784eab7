"""Children that end by themselves are started again, not too often, and it is said."""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.supervision import NO_USE, Program, Supervision
from retrieval.errors import FrontdeskError


@dataclass
class Watch:
    """A supervision whose time only the test moves, with programs that note each of their starts in a file."""

    folder: Path
    time: float = 0.0
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = Supervision(self.said.append, lambda: self.time)

    def start(self, name: str, then: str, *, is_needed: bool = True) -> None:
        """A shell that notes its start and then does this."""
        note = self.folder / name
        command = ["/bin/sh", "-c", f"echo $$ >> '{note}'; {then}"]
        self.kept.start(Program(name, command, os.environ, is_needed=is_needed))

    def starts(self, name: str) -> list[int]:
        """The processes of a program so far, the first of which is about to begin."""
        note = self.folder / name
        deadline = time.monotonic() + 20
        while not (note.exists() and note.read_text().endswith("\n")):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        return [int(line) for line in note.read_text().split()]

    def seen_to_end(self) -> None:
        """Look once a child has ended."""
        deadline = time.monotonic() + 20
        while self.kept.all_run:
            assert time.monotonic() < deadline
            time.sleep(0.005)
        self.kept.look()

    def later(self, seconds: float) -> None:
        """Look again after so many seconds."""
        self.time += seconds
        self.kept.look()


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path)
    yield made
    made.kept.stop()


def waits(said: list[str]) -> list[str]:
    return [line.partition("again in ")[2].partition(";")[0] for line in said]


def test_one_that_ends_is_started_again_later_each_time_and_it_is_said(watch: Watch) -> None:
    watch.start("The bot", "exit 3", is_needed=False)
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        watch.seen_to_end()
        watch.later(wait - 0.1)
        assert not watch.kept.all_run
        watch.later(0.1)
    assert waits(watch.said) == ["1 s", "2 s", "4 s", "8 s", "16 s", "32 s", "60 s", "60 s"]
    assert watch.said[0] == "The bot ended with status 3. It is started again in 1 s; what it said stands above"


def test_one_that_ran_well_is_soon_started_again(watch: Watch) -> None:
    watch.start("The bot", "exit 3", is_needed=False)
    for _ in range(3):
        watch.seen_to_end()
        watch.later(10)
    watch.time += 60
    watch.seen_to_end()
    assert waits(watch.said)[-1] == "1 s"


def test_the_others_go_on_meanwhile(watch: Watch) -> None:
    watch.start("The server", "exec sleep 60")
    watch.start("The bot", "exit 3", is_needed=False)
    watch.seen_to_end()
    watch.later(1)
    watch.seen_to_end()
    assert len(watch.starts("The server")) == 1
    assert len(watch.starts("The bot")) == 2


def test_a_killed_child_is_named_by_its_signal(watch: Watch) -> None:
    watch.start("The page", "kill -9 $$")
    watch.seen_to_end()
    assert watch.said[0].startswith("The page was ended by signal 9. It is started again in 1 s")


def test_what_is_needed_and_never_lives_ends_everything(watch: Watch) -> None:
    watch.start("The server", "exit 1")
    for _ in range(4):
        watch.seen_to_end()
        watch.later(60 - 1e-6)
    with pytest.raises(FrontdeskError, match="The server ended with status 1 5 times in a row"):
        watch.seen_to_end()


def test_what_says_that_it_would_end_the_same_way_is_not_started_again(watch: Watch) -> None:
    watch.start("The bot", f"exit {NO_USE}", is_needed=False)
    watch.seen_to_end()
    watch.later(1_000)
    assert watch.said == [f"The bot ended with status {NO_USE} and is not started again: what it said stands above"]
    assert len(watch.starts("The bot")) == 1


def test_stopping_leaves_no_process_not_even_one_that_will_not_end(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.supervision._STOP_SECONDS", 0.2)
    stubborn = f"exec {sys.executable} -c 'import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)'"
    watch.start("The server", "exec sleep 60")
    watch.start("The page", stubborn)
    watch.start("The bot", "exit 3", is_needed=False)
    watch.seen_to_end()
    processes = [*watch.starts("The server"), *watch.starts("The page")]
    watch.kept.stop()
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
