"""`frontdesk insights`: what people ask, how it ends, and which documents answer."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.insights.activity import Activity
    from app.insights.drift import Drift

_MOST_DOCUMENTS = 10


def insights(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days, today included.")] = 30,
    csv: Annotated[str, typer.Option(metavar="days|latency|used|unused|models", help="Print this table as CSV.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Show what people asked in the last days, how it ended, and which documents answered; no question's text."""
    from app.bootstrap import Home
    from app.insights import told
    from app.insights.activity import activity
    from app.insights.drift import drift
    from app.insights_routes import period
    from app.settings import load
    from retrieval.errors import Unusable

    known = [table.value for table in told.Table]
    if csv and csv not in known:
        raise Unusable(f"There is no table {csv!r}. Known are: {', '.join(known)}")
    home = Home(load())
    found = activity(home.engine, *period(days))
    if csv:
        typer.echo(told.as_csv(found, told.Table(csv)), nl=False)
        return
    moved = drift(home.engine, home.embedder, found.first, found.last)
    if as_json:
        typer.echo(json.dumps(told.as_json(found, moved), default=str, ensure_ascii=False))
    else:
        _show(found, moved)


def _show(found: "Activity", moved: "Drift") -> None:
    from app.insights import told
    from app.terminal import show_rows

    total = found.total
    asked = total.answered + total.refused + total.failed + total.stopped
    if not asked:
        typer.echo(f"Nobody asked anything from {found.first} to {found.last}.")
        return
    counts = [(name.replace("_", " "), str(getattr(total, name))) for name in told.COUNTED]
    show_rows(f"{asked} questions from {found.first} to {found.last}", counts, ("ended", "times"))
    for table, title in ((told.Table.LATENCY, "Milliseconds from the question"), (told.Table.USED, "Most cited")):
        columns, rows = told.rows_of(found, table)
        shown = [tuple(map(str, row)) for row in rows[:_MOST_DOCUMENTS]]
        if shown:
            show_rows(title, shown, tuple(columns))
    typer.echo(f"{len(found.unused)} documents were cited by no answer (--csv unused lists them).")
    if moved.now is not None:
        before = "" if moved.before is None else f", {moved.before:.2f} in as many days before"
        typer.echo(f"Questions against documents (population stability index): {moved.now:.2f}{before}.")
