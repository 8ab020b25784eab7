"""Whom a token stands for; unknown means nobody."""

import pytest
from sqlalchemy import Engine, delete

from app.identity import accounts, keys, sessions
from app.identity.bearer import Bearer, bearer_of
from app.tables import people
from retrieval.ledger.engine import writing
from tests.app.identity.conftest import ADA, SAM

SERVICE = b"the-service-key"


def test_the_service_a_session_and_a_key_are_told_apart(staffed: Engine) -> None:
    assert bearer_of(staffed, SERVICE, "the-service-key") == Bearer(service=True)
    session = bearer_of(staffed, SERVICE, sessions.begin(staffed, SAM))
    assert session
    assert (session.email, session.service, bool(session.session), session.manages) == (SAM, False, True, True)
    for scope, manages in (("ask", False), ("manage", True)):
        key = bearer_of(staffed, SERVICE, keys.create(staffed, ADA, "", scope, 1)[1])
        assert key == Bearer(ADA, manages=manages)


@pytest.mark.parametrize("token", ["", "fds_", "fdk_", "fds_x", "fdk_x", "fdl_x", "the-service-ke", "thé"])
def test_anything_else_is_nobody(staffed: Engine, token: str) -> None:
    assert bearer_of(staffed, SERVICE, token) is None


def test_who_is_suspended_or_known_no_more_is_nobody_with_a_token_that_was_valid(staffed: Engine) -> None:
    sams, adas = sessions.begin(staffed, SAM), keys.create(staffed, ADA, "", "ask", 1)[1]
    accounts.suspend(staffed, SAM)
    with writing(staffed) as connection:
        connection.execute(delete(people).where(people.c.email == ADA))
    assert (bearer_of(staffed, SERVICE, sams), bearer_of(staffed, SERVICE, adas)) == (None, None)
