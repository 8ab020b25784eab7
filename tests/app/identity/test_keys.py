"""API keys: shown once, scoped, with an end."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from app.identity import keys
from retrieval.errors import Missing, QuestionRefused
from tests.app.identity.conftest import ADA, SAM


def test_a_key_is_its_persons_until_it_expires(staffed: Engine) -> None:
    made, token = keys.create(staffed, SAM, "report", "ask", 2)
    now = datetime.now(UTC)
    assert keys.valid(staffed, token) == made
    assert keys.valid(staffed, token, now + timedelta(days=1))
    assert keys.valid(staffed, token, now + timedelta(days=2, minutes=1)) is None
    assert [one.stands(now + timedelta(days=3)) for one in keys.listed(staffed)] == ["expired"]


def test_a_revoked_key_opens_nothing_and_stays_listed(staffed: Engine) -> None:
    (first, token), (_, other) = (
        keys.create(staffed, SAM, "one", "ask", 2),
        keys.create(staffed, SAM, "two", "manage", 2),
    )
    keys.revoke(staffed, first.id)
    assert keys.valid(staffed, token) is None
    assert keys.valid(staffed, other)
    now = datetime.now(UTC)
    assert sorted((one.name, one.stands(now)) for one in keys.listed(staffed)) == [("one", "revoked"), ("two", "valid")]


def test_people_see_their_own_keys_by_address(staffed: Engine) -> None:
    keys.create(staffed, SAM, "sams", "ask", 2)
    keys.create(staffed, ADA, "adas", "ask", 2)
    assert [one.name for one in keys.listed(staffed, SAM)] == ["sams"]


@pytest.mark.parametrize(("scope", "days"), [("all", 2), ("ask", 0), ("ask", 367)])
def test_a_wrong_scope_or_time_is_refused(staffed: Engine, scope: str, days: int) -> None:
    with pytest.raises(QuestionRefused, match="A key"):
        keys.create(staffed, SAM, "x", scope, days)
    assert keys.listed(staffed) == []


def test_an_unknown_key_is_missing(staffed: Engine) -> None:
    with pytest.raises(Missing, match="There is no key 'x'"):
        keys.one(staffed, "x")
