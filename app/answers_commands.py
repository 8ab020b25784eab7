"""`frontdesk answers`: answers that a person wrote and approved, given word for word."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home

answers_app = typer.Typer(help="Answers that a person wrote and approved, given word for word.")

_Answer = Annotated[str, typer.Argument(metavar="ANSWER", help="As `frontdesk answers list` shows it.")]


@answers_app.callback()
def answers() -> None:
    """Answers that a person wrote and approved, given word for word."""


@answers_app.command("import", epilog="Example: frontdesk answers import answers.csv")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV: question,answer,owner,audience,sources,expires")],
) -> None:
    """Keep answers for approval; sources are uris parted by `;`, an answer may not be open to more than these are."""
    from app.verified_answers import propose, read_csv

    count = propose(_home().engine, read_csv(file))
    typer.echo(f"{count} new or changed answers wait for approval. See them with: frontdesk answers list")


@answers_app.command("list", epilog="Example: frontdesk answers list --json")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Show all answers and how each one stands."""
    from app.terminal import show_rows
    from app.verified_answers import reviewed

    found = reviewed(_home().engine)
    if as_json:
        typer.echo(json.dumps({"answers": [{**asdict(one), "stands": stands} for one, stands in found]}, default=str))
    elif not found:
        typer.echo("No answers yet. Import some with: frontdesk answers import FILE")
    else:
        rows = [(one.id, stands, one.question, one.audience, one.owner) for one, stands in found]
        show_rows("Verified answers", rows, ("answer", "stands", "question", "audience", "owner"))


@answers_app.command(epilog="Example: frontdesk answers approve 3f1c2a9b8d7e")
def approve(answer: _Answer) -> None:
    """Let an answer be given from now on, until it expires or what it rests on changes."""
    from app import approval

    approval.approve(_home(), answer)
    typer.echo("Approved. It is given word for word to everybody in its audience who asks this")


@answers_app.command(epilog="Example: frontdesk answers delete 3f1c2a9b8d7e")
def delete(answer: _Answer) -> None:
    """Delete an answer; it is not given any more."""
    from app import approval

    approval.take_back(_home(), answer)
    typer.echo("Deleted")


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
