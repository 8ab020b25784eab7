"""Versions of the company's model, as the server tells them to admins: rows for front ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.admin.rows import made


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One measure of a verdict: of the version, with its 95 % interval, and of what it was compared with."""

    measure: str
    mean: float
    low: float
    high: float
    old: float


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A verdict: `result` is better, not shown better or worse than `against`. `decides`: it is about what answers."""

    result: str
    against: str
    why: str
    at: str
    questions: int
    decides: bool
    measures: tuple[MeasureRow, ...]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A version. `stands` as `frontdesk models list` says it; `shown_better`: it needs no reason to be promoted.

    `notes` are what is different here from when it was kept.
    """

    version: str
    stands: str
    kind: str
    bytes: int
    created_at: str
    created_by: str
    licence: str
    described: str
    answers: int
    refusals: int
    good: int
    bad: int
    shown_better: bool
    verdicts: tuple[JudgedRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventRow:
    """What happened to a version: promoted, rolled back, failed, waits, serving."""

    at: str
    what: str
    version: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class ModelsRow:
    """What answers now, which version is promoted (empty: none), and all versions, the newest first.

    `fixed` is the model that the settings name, which no promotion replaces; `before` what a roll-back returns to.
    """

    answering: str
    promoted: str
    before: str
    fixed: str
    versions: tuple[ModelRow, ...]
    events: tuple[EventRow, ...]


def models_row(told: Mapping[str, Any]) -> ModelsRow:
    """As the server tells it."""
    versions = tuple(
        made(ModelRow, {**one, "verdicts": tuple(map(_judged, one["verdicts"]))}) for one in told["versions"]
    )
    events = tuple(made(EventRow, one) for one in told["events"])
    return made(ModelsRow, {**told, "versions": versions, "events": events})


def _judged(told: Mapping[str, Any]) -> JudgedRow:
    return made(JudgedRow, {**told, "measures": tuple(made(MeasureRow, one) for one in told["measures"])})
