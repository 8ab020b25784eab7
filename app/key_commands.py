"""`frontdesk keys` and `frontdesk audit`: API keys for programs, and what admins did."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home

keys_app = typer.Typer(help="API keys: for programs that ask or manage in a person's name.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@keys_app.command(epilog="Example: frontdesk keys create sam@example.com --name report --days 30")
def create(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="In whose name the program asks.")],
    name: Annotated[str, typer.Option("--name", help="What it is for.")] = "key",
    scope: Annotated[str, typer.Option("--scope", metavar="ask|manage", help="What it may do.")] = "ask",
    days: Annotated[int, typer.Option("--days", help="How long it is valid.")] = 90,
) -> None:
    """Make a key and print it, this once."""
    from app.access import caller_for
    from app.identity import audit, keys

    home = _home()
    caller = caller_for(home.engine, email)  # somebody who is known and not suspended
    key, token = keys.create(home.engine, caller.email, name, scope, days)
    audit.note(home.engine, audit.TERMINAL, f"made a key ({scope})", key.id)
    typer.echo(
        f"Key {key.id} of {caller.email}, valid until {key.expires_at:%Y-%m-%d}. It is shown this once:\n  {token}"
    )


@keys_app.command("list", epilog="Example: frontdesk keys list --json")
def list_(as_json: _Json = False) -> None:
    """Show all keys and how each one stands."""
    from app.identity import keys
    from app.terminal import show_rows

    now = datetime.now(UTC)
    found = [(one, one.stands(now)) for one in keys.listed(_home().engine)]
    if as_json:
        typer.echo(json.dumps({"keys": [{**asdict(one), "stands": stands} for one, stands in found]}, default=str))
    elif not found:
        typer.echo("No keys yet. Make one with: frontdesk keys create EMAIL")
    else:
        rows = [(one.id, stands, one.email, one.name, one.scope, f"{one.expires_at:%Y-%m-%d}") for one, stands in found]
        show_rows("API keys", rows, ("key", "stands", "of", "for", "scope", "until"))


@keys_app.command(epilog="Example: frontdesk keys revoke 3f1c2a9b")
def revoke(key: Annotated[str, typer.Argument(metavar="KEY", help="As `frontdesk keys list` shows it.")]) -> None:
    """Let a key open nothing any more, at once."""
    from app.identity import audit, keys

    home = _home()
    keys.revoke(home.engine, keys.one(home.engine, key).id)
    audit.note(home.engine, audit.TERMINAL, "revoked a key", key)
    typer.echo("Revoked")


def audit(
    limit: Annotated[int, typer.Option("-n", min=1, help="How many actions.")] = 50, as_json: _Json = False
) -> None:
    """Show what admins did: who, when, what, on what, and why."""
    from app.identity.audit import listed
    from app.terminal import show_rows

    found = listed(_home().engine, limit)
    if as_json:
        typer.echo(json.dumps({"actions": [asdict(one) for one in found]}, default=str))
    elif not found:
        typer.echo("Nothing yet")
    else:
        rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.who, one.what, one.on, one.reason) for one in found]
        show_rows("What admins did (UTC)", rows, ("when", "who", "what", "on", "why"))


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
