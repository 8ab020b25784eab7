"""`frontdesk models check` and `bench`, and `frontdesk chat`: the configured language model, tried out."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
_As = Annotated[
    str,
    typer.Option("--as", metavar="EMAIL", help="Ask as this person; without it: an employee in `everyone` only."),
]


def check(as_json: _Json = False) -> None:
    """Look at the configured language model: does it load, fit, render and answer."""
    from app.llm.examination import check as checked
    from app.settings import load
    from app.terminal import show_rows

    lines = list(checked(load()))
    if as_json:
        typer.echo(json.dumps({"ok": all(line.ok for line in lines), "checks": [asdict(line) for line in lines]}))
    else:
        rows = [(line.name, "ok" if line.ok else "WRONG", line.found) for line in lines]
        show_rows("The language model", rows, ("check", "", "found"))
    if not all(line.ok for line in lines):
        raise typer.Exit(1)


def bench(as_json: _Json = False) -> None:
    """Measure the configured language model, beside what this machine's memory allows."""
    from contextlib import nullcontext

    from app.llm.examination import bench as measured
    from app.settings import load
    from app.terminal import StepBar, show_rows

    with nullcontext() if as_json else StepBar() as bar:
        lines = list(measured(load(), lambda done, total: bar.step("Answering", done, total) if bar else None))
    if as_json:
        typer.echo(json.dumps({"measured": {line.name: line.found for line in lines}}))
    else:
        show_rows("The language model", [(line.name, line.found) for line in lines], ("measured", "found"))


def chat(email: _As = "") -> None:
    """Talk with Frontdesk in the terminal. Ctrl-C stops an answer, Ctrl-D or `exit` ends the talk."""
    from app.access import caller_for
    from app.bootstrap import Home
    from app.settings import load
    from app.terminal_chat import talk

    home = Home(load())
    talk(home.desk, caller_for(home.engine, email))
