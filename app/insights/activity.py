"""How the kept questions of a period ended, how fast, how helpful, and which documents answered them.

Made from the conversations themselves: whoever deletes one takes it out of these numbers too. What programs ask over
OpenAI's protocol is kept nowhere and so is not here; the metrics count it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Engine, Row, select

from app.tables import feedback, messages
from retrieval.ledger import documents, lookup
from retrieval.ledger.engine import reading

_Row = Row[*tuple[Any, ...]]
_OTHERWISE = ("refused", "failed", "stopped")


@dataclass(frozen=True, slots=True)
class Day:
    """The questions of one day in UTC; `answered` with any answer, verified and clarifying ones among them."""

    day: date
    answered: int = 0
    refused: int = 0
    failed: int = 0
    stopped: int = 0
    helpful: int = 0
    not_helpful: int = 0


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from the question to the end of a stage, over all questions that came to it."""

    stage: str
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class Used:
    """A document and how many answers of the period cite it."""

    uri: str
    title: str
    answers: int


@dataclass(frozen=True, slots=True)
class OfModel:
    """What one model's answers of the period came to; a promoted version is NAME/NUMBER."""

    model: str
    answered: int = 0
    refused: int = 0
    failed: int = 0
    stopped: int = 0
    helpful: int = 0
    not_helpful: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """A period, its first day and its last one included. `unused` are documents that no answer cites."""

    first: date
    last: date
    days: tuple[Day, ...]
    latency: tuple[Latency, ...]
    used: tuple[Used, ...]
    unused: tuple[Used, ...]
    models: tuple[OfModel, ...] = ()

    @property
    def total(self) -> Day:
        """All days as one; its `day` is the last one."""
        counted = ("answered", "refused", "failed", "stopped", "helpful", "not_helpful")
        return Day(self.last, *(sum(getattr(day, name) for day in self.days) for name in counted))


def activity(engine: Engine, first: date, last: date) -> Activity:
    """Look at the answers that were given from one day to another."""
    begin, end = midnight(first), midnight(last + timedelta(days=1))
    is_answer = (messages.c.role == "assistant") & (messages.c.created_at >= begin) & (messages.c.created_at < end)
    query = select(messages.c.conversation, messages.c.number, messages.c.status, messages.c.created_at)
    query = query.add_columns(messages.c.citations, messages.c.timings, messages.c.model).where(is_answer)
    with reading(engine) as connection:
        # A conversation that goes on elsewhere is a copy with the same moments.
        rows = list({row.created_at: row for row in connection.execute(query)}.values())
        rated = connection.execute(select(feedback.c.answer, feedback.c.verdict)).all()
    verdicts: defaultdict[str, list[str]] = defaultdict(list)
    for row in rated:
        verdicts[row.answer].append(row.verdict)
    used, unused = _documents(engine, rows)
    ends = [(row, _ended(row, verdicts)) for row in rows]
    return Activity(first, last, _days(ends, first, last), _latency(rows), used, unused, _models(ends))


def _ended(row: _Row, verdicts: Mapping[str, Sequence[str]]) -> Counter[str]:
    """How one answer ended, and what people said of it."""
    found = Counter([row.status if row.status in _OTHERWISE else "answered"])
    for verdict in verdicts.get(f"{row.conversation}:{row.number}", ()):
        found["helpful" if verdict == "good" else "not_helpful"] += 1
    return found


def _days(ends: Iterable[tuple[_Row, Counter[str]]], first: date, last: date) -> tuple[Day, ...]:
    counts: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for row, ended in ends:
        counts[row.created_at.date()].update(ended)
    span = (first + timedelta(days=passed) for passed in range((last - first).days + 1))
    return tuple(Day(day, **counts[day]) for day in span)


def _models(ends: Iterable[tuple[_Row, Counter[str]]]) -> tuple[OfModel, ...]:
    """The busiest first; what failed before any model was asked is in none of them."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, ended in ends:
        if row.model:
            counts[row.model].update(ended)
    found = [OfModel(model, **ended) for model, ended in counts.items()]
    return tuple(sorted(found, key=lambda one: (-one.answered - one.refused, one.model)))


def _latency(rows: Sequence[_Row]) -> tuple[Latency, ...]:
    stages: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        for stage, milliseconds in row.timings.items():
            stages[stage].append(milliseconds)
    return tuple(
        Latency(stage, *(round(float(value), 1) for value in np.percentile(taken, (50, 95, 99))))
        for stage, taken in stages.items()
    )


def _documents(engine: Engine, rows: Iterable[_Row]) -> tuple[tuple[Used, ...], tuple[Used, ...]]:
    """Every document that is there now, with the answers that cite it: those with some, most first, and the others."""
    cited = [{citation["chunk"] for citation in row.citations} for row in rows]
    uris = lookup.uris(engine, {chunk for of_answer in cited for chunk in of_answer})
    answers = Counter(uri for of_answer in cited for uri in {uris[chunk] for chunk in of_answer if chunk in uris})
    everything = [Used(entry.uri, entry.title, answers[entry.uri]) for entry in documents.entries(engine)]
    found = sorted((one for one in everything if one.answers), key=lambda one: (-one.answers, one.uri))
    return tuple(found), tuple(one for one in everything if not one.answers)


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
