"""Ingestion runs that the server starts: each a process of its own, so that answering stays quick; and by the clock."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from app.processes import environment_of
from app.settings import Settings
from app.slack_copy import LIVE
from retrieval.errors import FrontdeskError, LedgerBusy, Unusable
from retrieval.ledger import runs
from retrieval.ledger.runs import Run, SourceEntry

_log = logging.getLogger(__name__)
_LESS_IMPORTANT = 10  # niceness: questions come first
_START_SECONDS = 60.0
_FOLLOW_SECONDS = 2.0
_LOOK_SECONDS = 15.0
_SWEEP_SECONDS = 3600.0
_END_SECONDS = 3.0  # after its last document a run saves the index


class Launcher:
    """Starts runs of one home, one at a time; `tend` also starts those whose time has come.

    `follow` applies what sources tell by themselves, and says whether Slack wants a run; `sweep` deletes what was kept
    for long enough.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        follow: Callable[[], bool] = lambda: False,
        sweep: Callable[[], object] = lambda: None,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._follow = follow
        self._sweep = sweep
        self._wants_run = False
        self._starting = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._refused: dict[str, datetime] = {}  # sources whose run could not begin, and when
        self._closed = threading.Event()

    def start(self, arguments: Sequence[str]) -> int:
        """Start `frontdesk ingest` with these arguments; returns the run's id as soon as it has one.

        Raises:
            LedgerBusy: another run goes on.
            Unusable: the run could not begin, and why.
        """
        with self._starting:
            self.refuse_busy()
            newest = max((run.id for run in runs.listed_runs(self._engine, 1)), default=0)
            self._child = self._started(arguments)
            return self._id_after(newest, self._child)

    def refuse_busy(self) -> None:
        """Raise LedgerBusy while a run of ours goes on."""
        if not self._is_over():
            raise LedgerBusy("Another run goes on. Wait until it is done, or cancel it")

    def tend(self) -> None:
        """Follow Slack and start what is due, until `close`; runs in a thread of its own."""
        looked, swept = time.monotonic(), -_SWEEP_SECONDS
        while not self._closed.wait(_FOLLOW_SECONDS):
            self._tried(self.follow, "Slack could not be followed")
            if time.monotonic() - swept >= _SWEEP_SECONDS:
                swept = time.monotonic()
                self._tried(self._sweep, "What was kept for long enough could not be deleted")
            if time.monotonic() - looked >= _LOOK_SECONDS:
                looked = time.monotonic()
                self._tried(lambda: self.start_due(datetime.now(UTC)), "A run by the clock could not be started")

    def follow(self) -> None:
        """Apply what Slack told since, and start the run that it takes as soon as no other goes on."""
        self._wants_run = self._follow() or self._wants_run
        if self._wants_run and not self._is_busy(datetime.now(UTC)):
            self._wants_run = False
            try:
                self.start(["--", str(LIVE)])
            except LedgerBusy:
                self._wants_run = True

    def _tried(self, work: Callable[[], object], failure: str) -> None:
        try:
            work()
        except (FrontdeskError, OSError) as exc:
            _log.warning("%s: %s", failure, exc)
        except Exception:  # noqa: BLE001 - the thread that ended would end all schedules
            _log.exception("%s", failure)

    def start_due(self, now: datetime) -> None:
        """Start one source whose time has come, unless a run goes on; one that cannot begin does not hold up others."""
        listed = runs.listed_runs(self._engine, 500)
        busy = self._is_busy(now)
        waiting = [one for one in runs.listed_sources(self._engine) if is_due(one, listed, now)]
        for source in waiting if not busy else []:
            refused_at = self._refused.get(source.name)
            if refused_at and now - refused_at < timedelta(minutes=source.every_minutes):
                continue  # a run that could not begin left no trace of itself
            try:
                self.start(["--", source.path or source.name])
            except Unusable as exc:
                self._refused[source.name] = now
                _log.warning("%s could not be ingested by the clock: %s", source.name, exc)
            else:
                return

    def close(self) -> None:
        """End the tending; a run that goes on is told to stop where it is, and keeps what it did."""
        self._closed.set()
        if self._child and self._child.poll() is None:
            self._child.terminate()

    def _is_busy(self, now: datetime) -> bool:
        newest = runs.listed_runs(self._engine, 1)
        return any(run.state == "running" and is_alive(run, now) for run in newest)

    def _is_over(self) -> bool:
        """Whether the run before is over; one that is about to end is waited for."""
        if self._child is None:
            return True
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(_END_SECONDS)
        return self._child.poll() is not None

    def _started(self, arguments: Sequence[str]) -> "subprocess.Popen[str]":
        child = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "ingest", "--json", *arguments],
            env=environment_of(self._settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        os.setpriority(os.PRIO_PROCESS, child.pid, _LESS_IMPORTANT)
        return child

    def _id_after(self, newest: int, child: "subprocess.Popen[str]") -> int:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            for run in runs.listed_runs(self._engine, 1):
                if run.id > newest:
                    threading.Thread(target=_drain, args=(child,), daemon=True).start()
                    return run.id
            if child.poll() is not None:
                said = child.communicate()[1].strip().splitlines()
                raise Unusable(said[-1].removeprefix("Error: ") if said else "The run ended before it began")
            time.sleep(0.05)
        child.terminate()
        raise Unusable(f"The run did not begin within {_START_SECONDS:.0f} seconds. Try again")


def is_due(source: SourceEntry, listed: Sequence[Run], now: datetime) -> bool:
    """Whether a source's time has come. A paused run waits for a person; a clock that was set back does not delay."""
    if not source.every_minutes:
        return False
    last = next((run for run in listed if run.source == source.name), None)
    if last is None:
        return True
    waited = now - last.started_at
    return last.state != "paused" and not timedelta() <= waited < timedelta(minutes=source.every_minutes)


def is_alive(run: Run, now: datetime) -> bool:
    """Whether a run that is noted as running still says how far it is; a killed one does not."""
    return now - (run.seen_at or run.started_at) < timedelta(minutes=5)


def _drain(child: "subprocess.Popen[str]") -> None:
    """Read what a run says, so that it never waits for us, and keep its end in the log."""
    _, said = child.communicate()
    if child.returncode and said:
        _log.warning("A run ended with an error: %s", said.strip().splitlines()[-1])
