"""What the command line draws of runs and sources: progress, the report, tables. Decides nothing."""

import time
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from ingest.report import Report
from retrieval.ledger.runs import Run, SourceEntry

_SHOWN = 20


class ProgressBar:
    """Documents, chunks, rate and time left, on standard error."""

    def __init__(self) -> None:
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("Ingesting"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("documents, {task.fields[chunks]} chunks, {task.fields[rate]:.0f} chunks/s, time left"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
        )
        self._task = self._progress.add_task("", total=None, chunks=0, rate=0.0)
        self._begun = time.monotonic()

    def __enter__(self) -> "ProgressBar":
        self._progress.start()
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        self._progress.live.transient = failure is not None  # a bar that stands still says nothing beside the error
        self._progress.stop()

    def at(self, report: Report, total: int) -> None:
        """So much is done."""
        rate = report.chunks_embedded / max(1e-9, time.monotonic() - self._begun)
        self._progress.update(
            self._task, completed=report.done, total=total or None, chunks=report.chunks_embedded, rate=rate
        )


def show_report(report: Report) -> None:
    """The table that ends a run, and what failed."""
    table = Table("added", "updated", "unchanged", "removed", "failed", "chunks embedded", "seconds")
    counts = report.counts()
    table.add_row(*(str(counts[name]) for name in counts), f"{report.seconds:.1f}")
    out = Console(soft_wrap=True)
    out.print(table, soft_wrap=False)
    if report.tokens_embedded:
        busy = f"the embedder was busy {report.embedder_busy:.0%} of the time"
        out.print(f"{report.tokens_embedded:,} tokens embedded, {report.tokens_per_second:,.0f} a second; {busy}")
    for remark in report.remarks:
        out.print(escape(remark))
    if report.stopped:
        out.print(f"The run was {report.stopped}. What is done counts; ingest again to go on")
    failed = [f"[red]failed[/red] {escape(failure.uri)}: {escape(failure.reason)}" for failure in report.failed]
    concerns = [f"[yellow]look at[/yellow] {escape(uri)}: {escape(str(concern))}" for uri, concern in report.concerns]
    _show_first(out, failed, "What failed is read again when it changes, or by: frontdesk ingest SOURCE --retry-failed")
    _show_first(out, concerns, "`frontdesk documents` lists them all")


def _show_first(out: Console, lines: Sequence[str], then: str) -> None:
    for line in lines[:_SHOWN]:
        out.print(line)
    if len(lines) > _SHOWN:
        out.print(f"... and {len(lines) - _SHOWN} more; --json lists all")
    if lines:
        out.print(then)


def show_runs(runs: Sequence[Run]) -> None:
    """The newest runs, with how far the one is that goes on."""
    table = Table("run", "source", "state", "started", "documents", "failed", "time left", box=SIMPLE_HEAD)
    table.columns[1].overflow = "fold"
    for run in runs:
        left = run.seconds_left
        table.add_row(
            str(run.id),
            escape(run.source),
            run.state,
            f"{run.started_at:%b %d %H:%M}",
            f"{run.done}/{run.total}" if run.total else str(run.done),
            str(run.counts.get("failed", 0)),
            "" if left is None else f"{left / 60:.0f} min" if left > 90 else f"{left:.0f} s",
        )
    _show_or_say(table, "No runs yet. Begin with: frontdesk ingest FOLDER")
    newest = {run.source: run for run in reversed(runs) if run.remarks}
    for run in newest.values():
        for remark in run.remarks:
            Console(soft_wrap=True).print(f"run {run.id}, {escape(run.source)}: {escape(remark)}")


def show_sources(sources: Sequence[SourceEntry]) -> None:
    """What is ingested."""
    table = Table("source", "kind", "where", "audience", "by itself", box=SIMPLE_HEAD)
    table.columns[0].overflow = table.columns[2].overflow = "fold"
    for source in sources:
        often = f"every {source.every_minutes} min" if source.every_minutes else ""
        where = source.path or source.location
        table.add_row(source.name, source.kind, escape(where), str(source.options.get("audience") or "everyone"), often)
    _show_or_say(table, "No sources yet. Begin with: frontdesk ingest FOLDER")


def _show_or_say(table: Table, nothing: str) -> None:
    Console().print(table if table.row_count else nothing)
