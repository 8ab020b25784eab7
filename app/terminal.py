"""What the command line draws: progress, tables, a streamed answer. Decides nothing."""

import time
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

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

from app.events import AnswerEvent, Done, Failed, Found, Refused, Token
from ingest.report import Report
from retrieval.document import Facts
from retrieval.ledger.documents import Entry
from retrieval.search import Hit

if TYPE_CHECKING:
    from app.evaluation.numbers import Numbers

_SHOWN_FAILURES = 20


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
        self._progress.update(self._task, completed=report.done, total=total, chunks=report.chunks_embedded, rate=rate)


class StepBar:
    """What an evaluation is doing, and how far it is, on standard error."""

    def __init__(self) -> None:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> "StepBar":
        self._progress.start()
        return self

    def __exit__(self, failure: object, *_: object) -> None:
        self._progress.live.transient = failure is not None
        self._progress.stop()

    def at(self, report: Report, total: int) -> None:
        """So many documents are ingested."""
        self.step("Ingesting", report.done, total)

    def step(self, doing: str, done: int, total: int) -> None:
        """So many of `total` are done of what is being done now."""
        self._progress.update(self._task, description=doing, completed=done, total=total)


def show_report(report: Report) -> None:
    """The table that ends a run, and what failed."""
    table = Table("added", "updated", "unchanged", "removed", "failed", "chunks embedded", "seconds")
    counts = report.counts()
    table.add_row(*(str(counts[name]) for name in counts), f"{report.seconds:.1f}")
    out = Console()
    out.print(table)
    if report.tokens_embedded:
        busy = f"the embedder was busy {report.embedder_busy:.0%} of the time"
        out.print(f"{report.tokens_embedded:,} tokens embedded, {report.tokens_per_second:,.0f} a second; {busy}")
    for failure in report.failed[:_SHOWN_FAILURES]:
        out.print(f"[red]failed[/red] {escape(failure.uri)}: {escape(failure.reason)}")
    if len(report.failed) > _SHOWN_FAILURES:
        out.print(f"... and {len(report.failed) - _SHOWN_FAILURES} more; --json lists all")


def show_event(event: AnswerEvent, out: Console) -> None:
    """One event of an answer, as it comes."""
    if isinstance(event, Token):
        out.print(event.text, end="", markup=False, highlight=False, soft_wrap=True)
    elif isinstance(event, Found) and event.sources:
        out.print(f"[dim]{len(event.sources)} sources[/dim]")
    elif isinstance(event, Done):
        _show_sources(event, out)
    elif isinstance(event, Refused):
        out.print(event.answer, markup=False, highlight=False)
        if not event.closest:
            out.print("[dim]Nothing here is open to you. `frontdesk documents` shows what there is.[/dim]")
    elif isinstance(event, Failed):
        out.print(f"[red]{escape(event.message)}[/red] (error {event.error})")


def _show_sources(event: Done, out: Console) -> None:
    out.print("\n")
    seen = set()
    for citation in event.citations:
        link = citation.anchor if "://" in citation.anchor else citation.uri + citation.anchor
        if (citation.number, link) not in seen:
            seen.add((citation.number, link))
            out.print(escape(f"[{citation.number}] {citation.title} - {link}"), style="dim", soft_wrap=True)
    if not event.citations and event.model:  # without a model the words are our own: a clarifying question
        out.print("[dim]This answer cites no source. Please check it.[/dim]")
    if event.tokens.window:
        use = event.tokens
        left_out = f", left out: {use.dropped_sources} sources, {use.dropped_turns} turns"
        out.print(f"[dim]{use.prompt} + {use.reserved} of {use.window} tokens{left_out}[/dim]")
    if event.conversation:
        out.print(f"[dim]Go on with: frontdesk ask --conversation {event.conversation} QUESTION[/dim]")


def show_hits(hits: Sequence[Hit]) -> None:
    """What a search found."""
    out = Console()
    if not hits:
        out.print("Nothing was found. `frontdesk documents` shows what there is.")
    for number, hit in enumerate(hits, start=1):
        scores = f"relevance {hit.relevance:.2f}  cosine {hit.cosine:.2f}  bm25 {hit.bm25:.1f}"
        out.print(f"[bold]{number}. {escape(hit.chunk.title)}[/bold] {escape(hit.chunk.heading)}  [dim]{scores}[/dim]")
        out.print(f"[dim]{escape(hit.chunk.uri)}[/dim]")
        out.print(hit.chunk.text, markup=False, highlight=False)
        out.print()


def show_documents(entries: Sequence[Entry]) -> None:
    """What there is."""
    out = Console()
    if not entries:
        out.print("There are no documents yet. Begin with: frontdesk ingest FOLDER")
        return
    table = Table("uri", "title", "audience", "contact", "version", "applies")
    table.columns[0].overflow = "fold"  # it is copied into `frontdesk delete`
    for one in entries:
        cells = (one.uri, one.title, one.audience, one.contact, str(one.version), _applies(one.facts))
        table.add_row(*map(escape, cells))
    out.print(table)


def _applies(facts: Facts) -> str:
    """Where and when, as far as the document says."""
    begins, ends = facts.effective_from, facts.effective_until
    when = [f"from {begins}"] if begins else []
    when += ["no longer" if ends == date.min else f"until {ends}"] if ends else []
    return " ".join([", ".join(facts.countries), *when]).strip()


def show_rows(title: str, rows: Sequence[tuple[str, ...]], headings: Sequence[str]) -> None:
    """A plain table."""
    table = Table(*headings, title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def show_numbers(numbers: "Numbers") -> None:
    """The tables of an evaluation."""
    from app.evaluation.printout import tables

    out = Console()
    for found in tables(numbers):
        table = Table(title=escape(found.title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for place, heading in enumerate(found.headings):
            table.add_column(heading, justify="right" if place else "left", no_wrap=not place)
        for row in found.rows:
            table.add_row(*map(escape, row))
        out.print(table)
        if found.note:
            out.print(escape(found.note), style="dim")
