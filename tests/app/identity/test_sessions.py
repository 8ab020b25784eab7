"""Sessions: they slide, they end, and no one can be carried into another."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from app.identity import sessions
from app.identity.sessions import IDLE, LONGEST
from app.tables import sessions as table
from retrieval.ledger.engine import reading
from tests.app.identity.conftest import ADA, SAM

MINUTE = timedelta(minutes=1)


def test_a_session_is_its_persons_and_the_token_is_not_kept(staffed: Engine) -> None:
    token, other = sessions.begin(staffed, SAM), sessions.begin(staffed, ADA)
    found = sessions.session_of(staffed, token)
    assert found
    assert found.email == SAM
    with reading(staffed) as connection:
        kept = str(connection.execute(select(table)).all())
    assert token not in kept
    assert other not in kept


def test_a_session_that_is_used_goes_on_and_one_that_is_not_ends(staffed: Engine) -> None:
    used, unused, now = sessions.begin(staffed, SAM), sessions.begin(staffed, SAM), datetime.now(UTC)
    assert sessions.session_of(staffed, used, now + IDLE - MINUTE)
    assert sessions.session_of(staffed, used, now + 2 * IDLE - 2 * MINUTE)
    assert sessions.session_of(staffed, unused, now + IDLE + MINUTE) is None


def test_even_one_in_use_ends_after_a_month(staffed: Engine) -> None:
    token, now = sessions.begin(staffed, SAM), datetime.now(UTC)
    for hours in range(6, 24 * 30, 6):
        assert sessions.session_of(staffed, token, now + timedelta(hours=hours))
    assert sessions.session_of(staffed, token, now + LONGEST + MINUTE) is None


def test_ending_one_leaves_the_others(staffed: Engine) -> None:
    first, second = sessions.begin(staffed, SAM), sessions.begin(staffed, SAM)
    found = sessions.session_of(staffed, first)
    assert found
    sessions.end(staffed, found.digest)
    assert (sessions.session_of(staffed, first), bool(sessions.session_of(staffed, second))) == (None, True)


def test_what_never_was_a_session_is_none(staffed: Engine) -> None:
    sessions.begin(staffed, SAM)
    assert sessions.session_of(staffed, "fds_guess") is None
    assert sessions.session_of(staffed, "") is None


def test_all_sessions_of_a_person_end_together(staffed: Engine) -> None:
    first, second, other = (sessions.begin(staffed, who) for who in (SAM, SAM, ADA))
    sessions.end_all(staffed, SAM)
    assert [bool(sessions.session_of(staffed, one)) for one in (first, second, other)] == [False, False, True]
