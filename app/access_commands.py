"""`frontdesk access`: who may read a document, and why."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

access_app = typer.Typer(help="Who may read what, and why.")


@access_app.callback()
def access() -> None:
    """Who may read what, and why."""


@access_app.command(epilog="Example: frontdesk access explain sam@example.com handbook/leave/annual.md")
def explain(
    about: Annotated[list[str], typer.Argument(metavar="[EMAIL] URI", help="A person, if any, and a document.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say who may read a document and which rule says so; with an address, whether this person may."""
    from app.access_explained import explain as explained
    from app.bootstrap import Home
    from app.settings import load
    from app.terminal import show_explanation
    from retrieval.errors import Unusable

    if len(about) > 2:
        raise Unusable(f"One address and one document were expected, not {len(about)} words")
    *email, uri = about
    explanation = explained(Home(load()).engine, uri, *email)
    if as_json:
        typer.echo(json.dumps(asdict(explanation), ensure_ascii=False))
    else:
        show_explanation(explanation)
