"""What the command line draws: progress, tables, a streamed answer. Decides nothing."""

from collections.abc import Iterable, Sequence
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

from app.events import VERIFIED, AnswerEvent, Done, Failed, Found, Refused, Token, Waits
from ingest.report import Report
from retrieval.access import EVERYONE
from retrieval.document import Facts
from retrieval.ledger.documents import Entry
from retrieval.search import Hit

if TYPE_CHECKING:
    from app.access_explained import Explanation
    from app.evaluation.numbers import Numbers
    from app.evaluation.printout import Table as Words
    from app.receipt import Receipt
    from retrieval.near_copies import Copy


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


def show_event(event: AnswerEvent, out: Console) -> None:
    """One event of an answer, as it comes."""
    if isinstance(event, Token):
        out.print(event.text, end="", markup=False, highlight=False, soft_wrap=True)
    elif isinstance(event, Waits):
        out.print(f"[dim]Questions before yours: {event.before} ...[/dim]")
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
    if event.model == VERIFIED:
        out.print("[dim]Verified: a colleague who is responsible for this wrote and approved the answer.[/dim]")
    if event.instead_of:
        name = escape(event.instead_of)
        out.print(f"[dim]The language model {name} failed or took too long: the documents are quoted instead.[/dim]")
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
        left_out += f", summed up: {use.summarised_turns} turns" if use.summarised_turns else ""
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
    table = Table("uri", "title", "audience", "contact", "version", "applies", "concerns")
    table.columns[0].overflow = "fold"  # it is copied into `frontdesk delete`
    for one in entries:
        concerns = "; ".join(map(str, one.concerns))
        cells = (one.uri, one.title, one.audience, one.contact, str(one.version), _applies(one.facts), concerns)
        table.add_row(*map(escape, cells))
    out.print(table)


def show_near_copies(groups: Sequence[Sequence["Copy"]]) -> None:
    """Documents that are nearly the same, group by group."""
    out = Console()
    if not groups:
        out.print("No document is nearly the same as another one.")
        return
    table = Table("uri", "is", title="Near copies of each other", title_justify="left")
    table.columns[0].overflow = "fold"
    for first, *others in groups:
        table.add_row(escape(first.uri), "")
        for copy in others:
            likeness = "identical" if copy.similarity == 1 else f"{copy.similarity:.0%} the same"
            table.add_row(escape(copy.uri), likeness)
        table.add_section()
    out.print(table)


def _applies(facts: Facts) -> str:
    """Where and when, as far as the document says."""
    begins, ends = facts.effective_from, facts.effective_until
    when = [f"from {begins}"] if begins else []
    when += ["no longer" if ends == date.min else f"until {ends}"] if ends else []
    return " ".join([", ".join(facts.countries), *when]).strip()


def show_explanation(explanation: "Explanation") -> None:
    """Who may read a document, and why."""
    out, readers = Console(soft_wrap=True), explanation.readers
    contact = f", ask {explanation.contact}" if explanation.contact else ""
    out.print(f"{explanation.uri} is for {explanation.audience}{contact}.", markup=False)
    for sentence in (*explanation.because, *explanation.person):
        out.print(sentence, markup=False, highlight=False)
    if explanation.allowed is not None:
        out.print("[green]May read it.[/green]" if explanation.allowed else "[red]May not read it.[/red]")
        return
    anybody = ", and whoever asks without a name" if explanation.audience == EVERYONE else ""
    out.print(f"{len(readers)} known people may read it{anybody}.", markup=False)
    if not anybody:
        for email, name in readers.items():
            out.print(f"- {name} <{email}>", markup=False, highlight=False)


def show_receipt(receipt: "Receipt") -> None:
    """What a deletion took out, where it was looked for afterwards, and what nobody can reach from here."""
    out, gone = Console(soft_wrap=True), receipt.deleted
    out.print(f"Deleted {receipt.uri}: {gone.chunks} chunks, words in {gone.messages} messages.", markup=False)
    tables = {column.partition(".")[0] for column in receipt.columns}
    where = f"{len(receipt.columns)} columns of {len(tables)} tables and {len(receipt.files)} files"
    out.print(f"{receipt.at:%Y-%m-%d %H:%M} UTC, after {receipt.seconds:.1f} s: looked through {where}.")
    out.print(f"Looked for {receipt.looked_for} runs of its words, its vectors and its chunks' ids.")
    if receipt.shared:
        out.print(f"{receipt.shared} more runs stand in other documents too, so that they prove nothing.")
    for place in receipt.found:
        out.print(f"[red]found[/red] in {escape(place)}")
    out.print("[red]Something is left.[/red]" if receipt.found else "[green]Nothing was found.[/green]")
    out.print("What cannot be reached from here:")
    for sentence in receipt.beyond:
        out.print(f"- {sentence}", markup=False)


def show_rows(title: str, rows: Sequence[tuple[str, ...]], headings: Sequence[str]) -> None:
    """A plain table."""
    table = Table(*headings, title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def show_numbers(numbers: "Numbers") -> None:
    """The tables of an evaluation."""
    from app.evaluation.printout import tables

    show_tables(tables(numbers))


def show_tables(tables: Iterable["Words"]) -> None:
    """Tables of words, each with the note that says how to read it."""
    out = Console()
    for found in tables:
        table = Table(title=escape(found.title), title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for place, heading in enumerate(found.headings):
            table.add_column(heading, justify="right" if place else "left", no_wrap=not place)
        for row in found.rows:
            table.add_row(*map(escape, row))
        out.print(table)
        if found.note:
            out.print(escape(found.note), style="dim")
