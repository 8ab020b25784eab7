"""`frontdesk delete`, `backup` and `restore`: what leaves the home, and what comes back."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home

keeping_app = typer.Typer()

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@keeping_app.command(epilog="Example: frontdesk delete handbook/leave/old.md --verify")
def delete(
    uri: Annotated[str, typer.Argument(help="As `frontdesk documents` shows it.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Then look for its text everywhere and print a receipt; 1 if any is left.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Delete a document: no answer, source, conversation or file of the home shows its text from then on."""
    from app import receipt
    from app.terminal import show_receipt

    if not verify:
        gone = _home().delete(uri)
        said = {"uri": uri, "chunks": gone.chunks, "messages": gone.messages}
        typer.echo(json.dumps(said) if as_json else f"Deleted {uri} ({gone.chunks} chunks). {receipt.SOURCE_STAYS}")
        return
    found = receipt.delete(_home(), uri)
    if as_json:
        typer.echo(json.dumps(found.as_json()))
    else:
        show_receipt(found)
    if not found.clean:
        raise typer.Exit(1)


@keeping_app.command(epilog="Example: frontdesk backup /backups/frontdesk-2026-01-05.sqlite")
def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; outside the home.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write the whole ledger into one SQLite file, while everything runs; indexes are made from it again.

    Documents, their vectors, people, audiences and conversations are in it. It is not encrypted.
    """
    from app.backup import write

    written = write(_home(), file, replace=force)
    typer.echo(f"Wrote {written.place}. To get it back: frontdesk restore {written.place}")


@keeping_app.command(epilog="Example: frontdesk restore /backups/frontdesk-2026-01-05.sqlite")
def restore(
    file: Annotated[Path, typer.Argument(help="As `frontdesk backup` wrote it.")],
    force: Annotated[bool, typer.Option("--force", help="PostgreSQL: replace what the database holds.")] = False,
) -> None:
    """Make a backup the ledger of this home, and its indexes from that; nothing is embedded.

    Stop the server first. An SQLite ledger that is there is kept beside the new one. A backup goes into either kind of
    database: to move a home to PostgreSQL, back it up, set FRONTDESK_LEDGER to the empty database and restore.
    """
    from app.restoration import restore as put_back

    restored = put_back(_home(), file, replace=force)
    typer.echo(f"Restored {restored.documents} documents ({restored.chunks} chunks) from {file}.")
    if restored.aside:
        typer.echo(f"What was there before is kept in {restored.aside} until a document is deleted.")


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
