"""Insights as a JSON object and as tables."""

from collections.abc import Sequence
from dataclasses import asdict
from enum import Enum
from typing import Any

from app.csv_rows import csv_text
from app.insights.activity import Activity
from app.insights.drift import Drift

COUNTED = ("answered", "refused", "failed", "stopped", "helpful", "not_helpful")


class Table(Enum):
    """What can be taken into a spreadsheet."""

    DAYS = "days"
    LATENCY = "latency"
    USED = "used"
    UNUSED = "unused"
    MODELS = "models"


def as_json(found: Activity, drift: Drift | None) -> dict[str, Any]:
    """All of it; days as ISO dates."""
    told = asdict(found) | {"total": asdict(found.total), "drift": drift and asdict(drift)}
    del told["total"]["day"]
    return told


def as_csv(found: Activity, table: Table) -> str:
    """One table of it."""
    return csv_text(*rows_of(found, table))


def rows_of(found: Activity, table: Table) -> tuple[Sequence[str], list[Sequence[object]]]:
    """The names of a table's columns, and its rows."""
    if table is Table.DAYS:
        return ("day", *COUNTED), [[day.day, *(getattr(day, name) for name in COUNTED)] for day in found.days]
    if table is Table.LATENCY:
        return ("stage", "p50_ms", "p95_ms", "p99_ms"), [
            (one.stage, one.p50, one.p95, one.p99) for one in found.latency
        ]
    if table is Table.MODELS:
        return ("model", *COUNTED), [[one.model, *(getattr(one, name) for name in COUNTED)] for one in found.models]
    documents = found.used if table is Table.USED else found.unused
    return ("uri", "title", "answers"), [(one.uri, one.title, one.answers) for one in documents]
