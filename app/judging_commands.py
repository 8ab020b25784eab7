"""`frontdesk finetune judge`: the proof that a model answers better."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.bootstrap import Home
    from app.judging.verdict import Verdict

EXAMPLE = "Example: frontdesk finetune judge ./hr-llama quoting --data ./hr-data --report judged.html"


def judge(  # noqa: PLR0913, PLR0917 - a command has an argument for each of its options
    new: Annotated[
        str, typer.Argument(help="A model's or adapter's folder, a version NAME/N, a server's URL, or quoting.")
    ],
    old: Annotated[str, typer.Argument(help="What to compare with; without it: what answers now.")] = "",
    data: Annotated[Path, typer.Option(metavar="DIR", help="The data set, of which test.jsonl is asked.")] = Path(),
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where verdict.json and answers.jsonl go; else into the home.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=0, help="Ask so many questions at most.")] = 0,
    closed_book: Annotated[
        bool, typer.Option("--closed-book", help="Ask each question a second time without any source.")
    ] = False,
    report: Annotated[Path | None, typer.Option(metavar="FILE.html", help="Write a page with plots.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Say whether NEW answers held-out questions better than OLD, and how sure that is, for `models promote`."""
    from app.evaluate import Unwatched
    from app.evaluation import plots
    from app.judging.judge import Task
    from app.judging.judge import judge as run
    from app.judging.report import write_report
    from app.terminal import StepBar

    if report:
        plots.require_packages()
    with nullcontext(Unwatched()) if as_json else StepBar() as watch:
        done = run(_home(), Task(new, old, data, most, closed_book), out, watch.step)
    if report:
        write_report(report, done)
    if as_json:
        typer.echo(json.dumps(done.verdict.as_json() | {"folder": str(done.folder)}, ensure_ascii=False))
        return
    _show(done.verdict)
    written = [done.folder / "verdict.json", done.folder / "answers.jsonl", *([report] if report else [])]
    for path in written:
        typer.echo(f"Wrote {path}")


def _show(verdict: "Verdict") -> None:
    from rich.console import Console

    from app.judging.printout import colour, headline, tables
    from app.terminal import show_tables

    show_tables(tables(verdict))
    Console(soft_wrap=True).print(headline(verdict), style=f"bold {colour(verdict)}", markup=False, highlight=False)


def _home() -> "Home":
    from app.bootstrap import Home
    from app.settings import load

    return Home(load())
