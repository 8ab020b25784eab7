"""`frontdesk models`: versions of the company's model, which of them answers, and taking one along."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.registry.model_files import Watch
    from app.registry.shelf import Shelf
    from app.registry.version import Version

registry_app = typer.Typer()  # its commands are those of `frontdesk models`

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_Ref = Annotated[str, typer.Argument(metavar="VERSION", help="NAME/NUMBER as `frontdesk models list` shows it.")]
_Verdict = Annotated[
    Path | None,
    typer.Option("--verdict", metavar="PATH", help="What `finetune judge --out` wrote; else the home's own verdicts."),
]
_Anyway = Annotated[str, typer.Option(metavar="REASON", help="Without a verdict; the reason is kept for good.")]


@registry_app.command("list", epilog="Example: frontdesk models list")
def list_(as_json: _Json = False) -> None:
    """Show all versions, which one answers, what people said of their answers, and what happened last."""
    from app.feedback import by_model
    from app.registry.shown import as_json as told
    from app.registry.shown import events, rows
    from app.terminal import show_rows

    home = _home()
    shelf = _shelf(home)
    received = by_model(home.engine)
    if as_json:
        typer.echo(json.dumps(told(shelf, received), ensure_ascii=False, default=str))
        return
    found = rows(shelf, received)
    if not found:
        typer.echo("There are no versions yet: quoting answers. Add one with: frontdesk models register FOLDER")
        return
    show_rows("Models", found, ("version", "stands", "kind", "size", "answers", "refused", "good", "bad", "kept"))
    show_rows("What happened last", events(shelf), ("when", "what", "version", "by", "why"))
    _say_who_answers(home, shelf)


@registry_app.command(epilog="Example: frontdesk models show hr-llama/2")
def show(version: _Ref, as_json: _Json = False) -> None:
    """Show one version: its files, training, prompt, verdicts, and whether it still fits this Frontdesk."""
    from app.registry.shown import details, of_version
    from app.terminal import show_rows

    home = _home()
    shelf = _shelf(home)
    found = shelf.version(version)
    if as_json:
        typer.echo(json.dumps(of_version(shelf, found, home.settings), ensure_ascii=False, default=str))
    else:
        show_rows(found.ref, details(shelf, found, home.settings), ("", ""))


@registry_app.command(epilog="Example: frontdesk models register ./hr-llama --name hr-llama")
def register(
    folder: Annotated[Path, typer.Argument(help="A model's folder, or an adapter's whose base is on this machine.")],
    name: Annotated[str, typer.Option(help="What to call it; else the folder's name.")] = "",
    licence: Annotated[str, typer.Option(help="Licence for the model card, as the hub writes it.")] = "other",
    description: Annotated[str, typer.Option(help="A sentence for the model card.")] = "",
    as_json: _Json = False,
) -> None:
    """Keep a copy of a model as the next version of its name. It does not answer yet."""
    home = _home()
    with _watched(quiet=as_json) as watch:
        version = _registered(home, folder, (name, licence, description), watch)
    if as_json:
        typer.echo(json.dumps({"version": version.ref, "digest": version.digest}))
    else:
        typer.echo(f"{version.ref} is kept. Show that it is better: frontdesk finetune judge {version.ref} --data DIR")


@registry_app.command(
    epilog='Example: frontdesk models promote hr-llama/2, or with: --anyway "the old one is withdrawn"'
)
def promote(
    version: Annotated[str, typer.Argument(help="A version, or a model's folder, which is registered first.")],
    verdict: _Verdict = None,
    anyway: _Anyway = "",
    as_json: _Json = False,
) -> None:
    """Let a version answer that is shown to be better than the one that answers now. A running server switches."""
    from app.registry import promotion
    from app.registry.prompt_record import present_prompt, retrieval_settings

    home = _home()
    shelf = _shelf(home)
    if Path(version).expanduser().is_dir() and not (shelf.folder / version / "version.json").is_file():
        with _watched(quiet=as_json) as watch:
            version = _registered(home, Path(version), ("", "other", ""), watch).ref
    found = shelf.version(version)
    known = promotion.verdicts_in(verdict or shelf.folder / "verdicts")
    entry = promotion.promote(shelf, found, known, anyway)
    shelf.describe(found, promotion.verdicts_on(found, known))
    if as_json:
        typer.echo(json.dumps({"version": entry.version, "before": entry.before, "why": entry.why}))
        return
    typer.echo(f"{entry.version} is promoted in the place of {entry.before or 'quoting'}: {entry.why}")
    for sentence in found.differences(present_prompt(), retrieval_settings(home.settings)):
        typer.echo(f"Note: {sentence}")
    _say_who_answers(home, shelf)


@registry_app.command(epilog='Example: frontdesk models rollback --reason "answers in the wrong language"')
def rollback(
    reason: Annotated[str, typer.Option(help="Why; it is kept.")] = "",
    as_json: _Json = False,
) -> None:
    """Let the version answer that did before, or quoting where there was none. A running server switches."""
    from app.registry import promotion

    home = _home()
    shelf = _shelf(home)
    entry = promotion.roll_back(shelf, reason)
    now = shelf.promoted()
    if as_json:
        typer.echo(json.dumps({"version": now, "before": entry.version}))
        return
    typer.echo(f"{entry.version} is rolled back to {now or 'quoting'}")
    _say_who_answers(home, shelf)


@registry_app.command(epilog="Example: frontdesk models export hr-llama/2 --to ./out --form gguf --quantize q8_0")
def export(
    version: _Ref,
    to: Annotated[Path, typer.Option(metavar="DIR", help="A new or empty folder.")],
    form: Annotated[
        Literal["merged", "adapter", "gguf"],
        typer.Option(help="The whole model in safetensors, the adapter alone, or a GGUF file for llama.cpp."),
    ] = "merged",
    quantize: Annotated[str, typer.Option(metavar="q8_0", help="GGUF only: with 8 bits a weight instead of 16.")] = "",
) -> None:
    """Write a version in a form that other programs read, with its model card."""
    from app.registry.export import export_version

    home = _home()
    written = export_version(_shelf(home), version, to, form, quantize)
    for file in written:
        typer.echo(f"Wrote {file}")


def _registered(home: "Home", folder: Path, naming: tuple[str, str, str], watch: "Watch") -> "Version":
    from app.registry.model_files import model_folder
    from app.registry.promotion import verdicts_in, verdicts_on
    from app.registry.shelf import Naming

    model, shelf = model_folder(folder), _shelf(home)
    name, licence, described = naming
    version = shelf.register(model, Naming(name or model.name.lower(), licence, described), home.settings, watch)
    shelf.describe(version, verdicts_on(version, verdicts_in(shelf.folder / "verdicts")))
    return version


def _say_who_answers(home: "Home", shelf: "Shelf") -> None:
    if home.settings.llm:
        from app.settings import without_secrets

        named = without_secrets(home.settings.llm)
        typer.echo(f"FRONTDESK_LLM is set: {named} answers, whatever is promoted. Unset it to let the promotion count")
    else:
        now = shelf.promoted()
        tried = " once it has answered a test question; `frontdesk models list` shows whether it did" if now else ""
        typer.echo(f"Answers come from {now or 'quoting'}; a running server switches within seconds{tried}")


@contextmanager
def _watched(*, quiet: bool) -> "Iterator[Watch]":
    from app.evaluate import Unwatched
    from app.terminal import StepBar

    with nullcontext(Unwatched()) if quiet else StepBar() as bar:
        yield bar.step


def _shelf(home: "Home") -> "Shelf":
    from app.registry.shelf import shelf_of

    return shelf_of(home.settings.home)


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
