"""`frontdesk ingest`, `runs` and `sources`: bringing documents in, how far that is, and stopping it."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from app.bootstrap import Home

runs_app = typer.Typer(help="Ingestion runs: how far they are, pausing and cancelling them.")
sources_app = typer.Typer(help="What is ingested, from where, and how often by itself.")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_Run = Annotated[int, typer.Argument(metavar="RUN", help="As `frontdesk runs` shows it.")]


def ingest(
    path: Annotated[
        Path, typer.Argument(help="A folder, a document, a Slack export ZIP, `slack`, or a known source's name.")
    ],
    audience: Annotated[
        str, typer.Option(help="Who may read it where no audiences.toml decides; else as last time, or everyone.")
    ] = "",
    include: Annotated[list[str], typer.Option(metavar="PATTERN", help="Only such paths, e.g. 'policies/**'.")] = [],  # noqa: B006
    exclude: Annotated[list[str], typer.Option(metavar="PATTERN", help="No such paths, e.g. '**/drafts'.")] = [],  # noqa: B006
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Only what could not be read before.")] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Then go on: ingest again whenever something changes.")
    ] = False,
    device: Annotated[str | None, typer.Option(help="cuda or cpu; else what the settings say.")] = None,
    as_json: Json = False,
) -> None:
    """Bring Frontdesk up to date with a folder, a document, a Slack export, or `slack`: the live workspace."""
    from app import json_output
    from app.run_terminal import ProgressBar, show_report
    from app.watching import changes
    from ingest.patterns import Patterns
    from ingest.report import NoProgress
    from retrieval.access import audience_id
    from retrieval.errors import Unusable

    try:
        audience_id(audience or "everyone")
    except ValueError as exc:
        raise Unusable(f"--audience: {exc}") from exc
    home = _home(**({"device": device} if device else {}))
    for _ in changes(path, endless=watch):
        with nullcontext(NoProgress()) if as_json else ProgressBar() as progress:
            patterns = Patterns(tuple(include), tuple(exclude))
            report = home.ingest(path, audience, progress, patterns=patterns, failed_only=retry_failed)
        if as_json:
            typer.echo(json.dumps(json_output.of_report(report), ensure_ascii=False))
        else:
            show_report(report)


@runs_app.callback(invoke_without_command=True)
def list_runs(context: typer.Context, as_json: Json = False) -> None:
    """List the newest runs; without a sub-command."""
    from app.json_output import of_run
    from app.run_terminal import show_runs
    from retrieval.ledger.runs import listed_runs

    if context.invoked_subcommand is None:
        found = listed_runs(_engine())
        if as_json:
            typer.echo(json.dumps({"runs": [of_run(run) for run in found]}))
        else:
            show_runs(found)


@runs_app.command(epilog="Example: frontdesk runs pause 12")
def pause(run: _Run) -> None:
    """Let a run stop where it is; what it has done counts, and `resume` goes on from there."""
    from retrieval.ledger.runs import Wish, wish

    wish(_engine(), run, Wish.PAUSE)
    typer.echo(f"Run {run} pauses after the document it is at. Go on with: frontdesk runs resume {run}")


@runs_app.command(epilog="Example: frontdesk runs cancel 12")
def cancel(run: _Run) -> None:
    """Let a run stop for good; what it has done counts."""
    from retrieval.ledger.runs import Wish, wish

    wish(_engine(), run, Wish.CANCEL)
    typer.echo(f"Run {run} stops after the document it is at")


@runs_app.command(epilog="Example: frontdesk runs resume 12")
def resume(run: _Run) -> None:
    """Go on with the source of a run that was paused, cancelled or interrupted; nothing is done twice."""
    from app.run_terminal import ProgressBar, show_report
    from retrieval.ledger.runs import run_of, source_of

    home = _home()
    source = source_of(home.engine, run_of(home.engine, run).source)
    with ProgressBar() as progress:
        report = home.ingest(Path(source.path or source.name), "", progress)
    show_report(report)


@sources_app.callback(invoke_without_command=True)
def list_sources(context: typer.Context, as_json: Json = False) -> None:
    """List the sources; without a sub-command."""
    from dataclasses import asdict

    from app.run_terminal import show_sources
    from retrieval.ledger.runs import listed_sources

    if context.invoked_subcommand is None:
        found = listed_sources(_engine())
        if as_json:
            typer.echo(json.dumps({"sources": [asdict(source) for source in found]}))
        else:
            show_sources(found)


@sources_app.command(epilog="Example: frontdesk sources schedule handbook --every 60")
def schedule(
    source: Annotated[str, typer.Argument(help="As `frontdesk sources` shows it.")],
    every: Annotated[int, typer.Option(metavar="MINUTES", min=0, help="Minutes between runs; 0: none by itself.")],
) -> None:
    """Let the server ingest a source by itself."""
    from retrieval.ledger import runs

    runs.schedule(_engine(), source, every)
    often = f"every {every} minutes while `frontdesk serve` or `up` runs" if every else "by hand only"
    typer.echo(f"{source} is ingested {often}")


@sources_app.command(epilog="Example: frontdesk sources training slack-T012AB --on")
def training(
    source: Annotated[str, typer.Argument(help="As `frontdesk sources` shows it.")],
    allowed: Annotated[
        bool, typer.Option("--on/--off", help="Whether data for training may be made of it.", show_default=False)
    ],
) -> None:
    """Let a model learn from a source, or not; without a word from you it may, but not from Slack."""
    from retrieval.ledger import runs

    runs.allow_training(_engine(), source, allowed=allowed)
    what = "may be learned from" if allowed else "stays out of training"
    typer.echo(f"{source} {what}. It counts for the next: frontdesk finetune data")


def _home(**flags: str) -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load(**flags))


def _engine() -> "Engine":
    return _home().engine
