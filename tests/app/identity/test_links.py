"""Links open once, for their person, for a time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from app.identity import links
from app.identity.links import FIRST_ADMIN, FOR_FIRST_ADMIN
from tests.app.identity.conftest import ADA, SAM


def test_a_link_is_for_one_person_and_one_use(staffed: Engine) -> None:
    sams, adas = links.make(staffed, SAM), links.make(staffed, ADA)
    assert (links.look(staffed, sams), links.look(staffed, sams)) == (SAM, SAM)
    assert (links.use(staffed, sams), links.use(staffed, sams), links.look(staffed, sams)) == (SAM, None, None)
    assert links.use(staffed, adas) == ADA


def test_a_link_expires(staffed: Engine) -> None:
    token, now = links.make(staffed, FIRST_ADMIN, FOR_FIRST_ADMIN), datetime.now(UTC)
    assert links.look(staffed, token, now + timedelta(minutes=59)) == FIRST_ADMIN
    assert links.look(staffed, token, now + timedelta(minutes=61)) is None


def test_a_newer_link_takes_the_place_of_the_one_before(staffed: Engine) -> None:
    old, new = links.make(staffed, SAM), links.make(staffed, SAM)
    assert (links.use(staffed, old), links.use(staffed, new)) == (None, SAM)
