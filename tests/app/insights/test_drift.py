"""Whether people ask about what the documents are about."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from sqlalchemy import insert

from app.bootstrap import Home
from app.insights.drift import FEWEST, Drift, drift, psi
from app.tables import conversations, messages
from retrieval.ledger.engine import writing

TODAY = datetime.now(UTC).date()
ABOUT_WORK = ("How many days of leave do I get", "Who pays for a hotel", "When is payday", "Can I work from home")
ABOUT_STARS = ("Which planet has rings", "How hot is the sun", "What is a comet made of", "How far is the moon")


def counts(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_equal_shares_are_no_drift() -> None:
    assert psi(counts(100, 100), counts(10, 10)) == pytest.approx(0)


def test_the_index_of_two_groups_by_hand() -> None:
    # (0.2 - 0.6) ln(0.2 / 0.6) + (0.8 - 0.4) ln(0.8 / 0.4); the half a question vanishes in large counts
    assert psi(counts(600_000, 400_000), counts(200_000, 800_000)) == pytest.approx(0.7167, abs=1e-3)


def test_a_group_that_nobody_asks_about_is_finite() -> None:
    assert 0 < psi(counts(50, 50), counts(100, 0)) < 10


def asked(home: Home, texts: tuple[str, ...], days_ago: int) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    talk = f"talk-{days_ago}"
    said = [
        {"conversation": talk, "number": number, "role": "user", "status": "asked", "citations": [], "audiences": []}
        | {"parts": [{"text": f"{texts[number % len(texts)]}, case {number}?", "chunks": [], "start": 0, "end": 0}]}
        | {"timings": {}, "created_at": at}
        for number in range(1, FEWEST + 1)
    ]
    with writing(home.engine) as connection:
        row = {"id": talk, "owner": "", "title": "", "created_at": at, "place": ""}
        connection.execute(insert(conversations).values(row))
        connection.execute(insert(messages), said)


def test_questions_about_something_else_drift_further(sample: Home) -> None:
    asked(sample, ABOUT_WORK, 400)
    asked(sample, ABOUT_STARS, 395)
    day = TODAY - timedelta(days=395)
    found = drift(sample.engine, sample.embedder, day, day)
    assert found.before is None  # nothing was asked the day before
    work = drift(sample.engine, sample.embedder, TODAY - timedelta(days=400), TODAY - timedelta(days=400))
    assert found.now is not None
    assert work.now is not None
    assert found.now > work.now > 0


def test_the_period_before_is_told_beside(sample: Home) -> None:
    asked(sample, ABOUT_WORK, 301)
    asked(sample, ABOUT_WORK, 300)
    day = TODAY - timedelta(days=300)
    found = drift(sample.engine, sample.embedder, day, day)
    assert found.now == pytest.approx(found.before, abs=0.01)


def test_too_few_questions_say_nothing(own_office: Home) -> None:
    assert drift(own_office.engine, own_office.embedder, TODAY, TODAY) == Drift(None, None)
