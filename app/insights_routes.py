"""The server's routes for insights. For admins only."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response

from app.access import Action, authorize
from app.callers import Asking, Serving
from app.insights.activity import activity
from app.insights.drift import drift
from app.insights.told import Table, as_csv, as_json

Days = Annotated[int, Query(ge=1, le=366)]


def period(days: int) -> tuple[date, date]:
    """The first and the last day of as many days that end today, in UTC."""
    today = datetime.now(UTC).date()
    return today - timedelta(days=days - 1), today


def insights(home: Serving, caller: Asking, days: Days = 30, *, with_drift: bool = True) -> dict[str, Any]:
    """What was asked in the last days, how it ended, and which documents answered.

    `with_drift=false` answers at once, without embedding questions; `/api/insights/drift` tells it then.
    """
    authorize(caller, Action.MANAGE)
    first, last = period(days)
    moved = drift(home.engine, home.embedder, first, last) if with_drift else None
    return as_json(activity(home.engine, first, last), moved)


def drifted(home: Serving, caller: Asking, days: Days = 30) -> dict[str, float | None]:
    """Whether people ask about what the documents are about, now and in as many days before."""
    authorize(caller, Action.MANAGE)
    return asdict(drift(home.engine, home.embedder, *period(days)))


def insights_csv(table: Table, home: Serving, caller: Asking, days: Days = 30) -> Response:
    """One table of it for a spreadsheet."""
    authorize(caller, Action.MANAGE)
    text = as_csv(activity(home.engine, *period(days)), table)
    named = {"Content-Disposition": f'attachment; filename="frontdesk-{table.value}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=named)


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/insights", "GET", insights),
    ("/api/insights/drift", "GET", drifted),
    ("/api/insights/{table}.csv", "GET", insights_csv),
]
