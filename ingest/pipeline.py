"""The ingestion run: a source in, the ledger up to date.

Idempotent and proportional to the change. Killed anywhere it leaves each document in exactly one answerable version:
vectors are stored first, then one transaction a document makes its new version the answerable one. One batch is
embedded in another thread while the next one is read; the ledger is written to from here alone.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import closing
from functools import partial
from itertools import chain

from sqlalchemy import Engine

from ingest.hygiene import Sensitive
from ingest.report import Progress, Report
from ingest.run import Before, Run, begun
from ingest.source import Item, Listed, Source
from retrieval.embedder import Embedder
from retrieval.errors import FrontdeskError, SlackUnavailable, Unusable
from retrieval.ledger import documents, runs
from retrieval.ledger.runs import Wish

_log = logging.getLogger(__name__)
_TELL_SECONDS = 0.5
_Items = Iterator[Listed]
_STOPPED = {Wish.PAUSE: "paused", Wish.CANCEL: "cancelled"}


class Pipeline:
    """Brings one ledger up to date."""

    def __init__(self, engine: Engine, embedder: Embedder, progress: Progress, sensitive: Sensitive) -> None:
        self._engine = engine
        self._embedder = embedder
        self._progress = progress
        self._sensitive = sensitive

    def run(self, source: Source, *, failed_only: bool = False) -> Report:
        """Ingest what is new or changed, remove what is gone, report the rest.

        `failed_only` tries again what could not be read, and looks at nothing else. A run that somebody pauses or
        cancels keeps what it has done; the next one goes on from there.
        """
        started = time.monotonic()
        listed, total = _listed(source)
        runs.claim_embedder(self._engine, self._embedder.id)
        name = runs.add_source(self._engine, source.kind, source.location, source.name)
        read_before = self._embedder.tokens_read
        runs.set_members(self._engine, source.members())
        run = Run(self._engine, self._embedder, name, self._sensitive, begun(self._engine, name))
        state = "interrupted"
        try:
            with closing(run):
                run.report.stopped = self._go_on(run, source, listed, failed_only=failed_only, total=total)
            state = run.report.stopped or "done"
        except Exception:
            state = "failed"
            raise
        finally:
            run.report.tokens_embedded = self._embedder.tokens_read - read_before
            run.report.seconds = time.monotonic() - started
            report = run.report
            _noted(partial(runs.end_run, self._engine, run.id, report.counts(), state, report.remarks))
        return run.report

    def update(self, source: str, items: Iterable[Item]) -> Report:
        """Bring a few documents of a known source up to date, outside its runs: what is told of them one by one."""
        items = list(items)
        runs.claim_embedder(self._engine, self._embedder.id)
        known = documents.entries_at(self._engine, [f"{source}/{item.path}" for item in items])
        run = Run(self._engine, self._embedder, source, self._sensitive, Before(0, list(known.values()), ()))
        with closing(run):
            for item in items:
                run.take(item)
            run.finish()
        return run.report

    def _go_on(self, run: Run, source: Source, listed: _Items, *, failed_only: bool, total: int) -> str:
        """Returns how somebody stopped it; empty when nobody did."""
        told = 0.0
        for item in _whole(run, filter(run.failed_before, listed) if failed_only else listed):
            run.take(item, again=failed_only)
            if run.has_enough:
                run.embed()
            self._progress.at(run.report, total)
            if time.monotonic() - told > _TELL_SECONDS:
                told = time.monotonic()
                wanted = runs.note_progress(self._engine, run.id, run.report.counts(), total)
                if wanted is not Wish.NONE:
                    run.finish()
                    return _STOPPED[wanted]
        run.finish()
        if not failed_only:
            run.remove_missing(source)
            run.report.remarks = list(source.remarks())
        self._progress.at(run.report, run.report.done)
        runs.note_progress(self._engine, run.id, run.report.counts(), run.report.done)
        return ""


def _listed(source: Source) -> tuple[_Items, int]:
    """Its items and how many they are, 0 where that takes going through them all.

    Raises:
        Unusable: there is none. A folder that is not mounted looks like that, and what it held stays answerable.
    """
    items = source.items()
    total = len(items) if isinstance(items, Sized) else 0
    listed = iter(items)
    first = next(listed, None)
    if first is None:
        raise Unusable(
            f"{source.location} is empty. A folder with documents or a Slack export was expected. What it held before "
            "stays answerable until it is deleted: frontdesk delete URI"
        )
    return chain([first], listed), total


def _whole(run: Run, listed: Iterable[Listed]) -> _Items:
    """The list; where it breaks off, what came before is stored."""
    try:
        yield from listed
    except (SlackUnavailable, Unusable):
        run.finish()
        raise


def _noted(end: Callable[[], None]) -> None:
    """The end of a run is written down where that is possible; a ledger that is gone has caused its own error."""
    try:
        end()
    except FrontdeskError as exc:
        _log.error("The end of the run could not be noted: %s", exc)
