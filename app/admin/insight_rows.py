"""Insights as the server tells them: rows for front ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.admin.rows import made


@dataclass(frozen=True, slots=True)
class CountsRow:
    """How questions ended, and what people said of the answers; `name` is a day in the ISO form, or a model."""

    name: str
    answered: int
    refused: int
    failed: int
    stopped: int
    helpful: int
    not_helpful: int

    @property
    def asked(self) -> int:
        """All of them."""
        return self.answered + self.refused + self.failed + self.stopped


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """Milliseconds from the question to the end of a stage."""

    stage: str
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class UsedRow:
    """A document and how many answers cite it."""

    uri: str
    title: str
    answers: int


@dataclass(frozen=True, slots=True)
class InsightsRow:
    """A period, its first and its last day included; the documents that are cited most come first."""

    first: str
    last: str
    total: CountsRow
    days: tuple[CountsRow, ...]
    latency: tuple[LatencyRow, ...]
    used: tuple[UsedRow, ...]
    unused: tuple[UsedRow, ...]
    models: tuple[CountsRow, ...]


@dataclass(frozen=True, slots=True)
class DriftRow:
    """The population stability index of a period and of the one before; None where too little was asked."""

    now: float | None
    before: float | None


def insights_row(told: Mapping[str, Any]) -> InsightsRow:
    """As the server tells it."""
    documents = {name: tuple(made(UsedRow, one) for one in told[name]) for name in ("used", "unused")}
    return InsightsRow(
        told["first"],
        told["last"],
        made(CountsRow, {**told["total"], "name": ""}),
        tuple(made(CountsRow, {**one, "name": one["day"]}) for one in told["days"]),
        tuple(made(LatencyRow, one) for one in told["latency"]),
        documents["used"],
        documents["unused"],
        tuple(made(CountsRow, {**one, "name": one["model"]}) for one in told["models"]),
    )
