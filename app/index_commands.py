"""`frontdesk index`: how far the indexes are, making them anew, another backend or embedder for the vectors."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home

index_app = typer.Typer(help="Where vectors and words are searched; derived from the ledger.")

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@index_app.callback(invoke_without_command=True)
def index(context: typer.Context) -> None:
    """Where vectors and words are searched; derived from the ledger. Alone: the same as `status`."""
    if context.invoked_subcommand is None:
        status()


@index_app.command(epilog="Example: frontdesk index status --json")
def status(as_json: _Json = False) -> None:
    """Show where the vectors are, and how far both indexes have followed the ledger."""
    from app.terminal import show_rows

    facts = _facts(_home())
    if as_json:
        typer.echo(json.dumps(facts))
    else:
        show_rows("Index", [(name.replace("_", " "), str(value)) for name, value in facts.items()], ("", ""))


@index_app.command(epilog="Example: frontdesk index rebuild")
def rebuild() -> None:
    """Make both indexes anew from the ledger, embedding nothing: after a ledger was restored from a backup."""
    from app.terminal import StepBar

    home = _home()
    with StepBar() as bar:
        home.rebuild_index(lambda done, total: bar.step("Filling", done, total))
    typer.echo(f"Rebuilt: {home.indexes.dense.rows} chunks. Restart a server that runs on a restored ledger")


@index_app.command(epilog="Example: frontdesk index move --to milvus:http://127.0.0.1:19530")
def move(
    to: Annotated[str, typer.Option(metavar="INDEX", help="milvus:FILE.db, milvus:http://HOST:PORT, or faiss.")],
) -> None:
    """Fill another vector index from the ledger and compare it; then say which setting turns to it."""
    from app.settings import without_secrets
    from app.terminal import StepBar
    from retrieval.errors import Unusable

    home, setting = _home(), "" if to == "faiss" else to
    if setting == home.settings.index:
        raise Unusable("The vectors are there already. `frontdesk index rebuild` makes that index anew")
    with StepBar() as bar:
        rows = home.copy_index(setting, lambda done, total: bar.step("Filling", done, total))
    typer.echo(f"{rows} chunks are in {without_secrets(to)} and agree with the ledger. Nothing has been switched yet:")
    typer.echo(f'set FRONTDESK_INDEX="{without_secrets(setting)}", or index in frontdesk.toml, and restart the server.')


@index_app.command(epilog="Example: FRONTDESK_EMBEDDER=/models/bge-small-en frontdesk index embedder")
def embedder(as_json: _Json = False) -> None:
    """Let the embedder that FRONTDESK_EMBEDDER names now make all vectors anew, from the ledger's texts; then switch.

    Until the switch a server that runs goes on answering with the former embedder; afterwards it asks to be restarted.
    No source is read. What was interrupted goes on where it was when the command is given again.
    """
    from app.embedder_switch import switch
    from app.terminal import StepBar

    with StepBar() as bar:
        done = switch(_home(), bar.step)
    if as_json:
        typer.echo(json.dumps(asdict(done)))
    elif done.before == done.embedder:
        typer.echo(f"The vectors are {done.embedder}'s already. Set FRONTDESK_EMBEDDER to another model's folder first")
    else:
        typer.echo(
            f"Switched from {done.before} to {done.embedder}: {done.chunks} chunks, {done.embedded} embedded now."
        )
        typer.echo("Set FRONTDESK_EMBEDDER, or embedder in frontdesk.toml, to the same for the server and restart it.")


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())


def _facts(home: "Home") -> dict[str, Any]:
    from app.places import milvus_file
    from app.settings import without_secrets
    from retrieval.ledger import lookup

    dense, folders = home.indexes.dense, [home.index_folder]
    kind, _, place = home.settings.index.partition(":")
    if kind and (file := milvus_file(home.settings.home, place)):
        folders.append(file)
    return {
        "vectors": without_secrets(home.settings.index) or "FAISS files",
        "chunks": dense.rows,
        "ledger_chunks": lookup.counts(home.engine)[1],
        "vectors_at_change": dense.seq,
        "words_at_change": home.indexes.lexical.seq,
        "ledger_at_change": lookup.newest_change(home.engine),
        "embedder": home.embedder.id,
        "files": [str(folder) for folder in folders],
        "megabytes": round(sum(map(_size, folders)) / 1e6, 1),
    }


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
