"""Accounts: how people come in, and who is shut out at once."""

from sqlalchemy import Engine

from app import people
from app.identity import accounts, keys, links, sessions
from app.people import Person
from tests.app.identity.conftest import ADA, SAM


def test_who_is_known_has_an_account_and_who_is_not_has_none(staffed: Engine) -> None:
    assert [(one.email, one.password, one.suspended) for one in accounts.listed(staffed)] == [
        (ADA, "", False),
        (SAM, "", False),
    ]
    assert accounts.account_of(staffed, "eve@office.example") is None


def test_a_new_password_ends_every_session_and_link_of_that_person_only(staffed: Engine) -> None:
    old, others = sessions.begin(staffed, SAM), sessions.begin(staffed, ADA)
    link = links.make(staffed, SAM)
    accounts.set_password(staffed, SAM, "hash")
    assert sessions.session_of(staffed, old) is None
    assert links.look(staffed, link) is None
    assert sessions.session_of(staffed, others) is not None


def test_suspending_ends_sessions_links_and_keys_and_resuming_revives_none(staffed: Engine) -> None:
    session, link, (_, key) = (
        sessions.begin(staffed, SAM),
        links.make(staffed, SAM),
        keys.create(staffed, SAM, "script", "ask", 9),
    )
    accounts.suspend(staffed, SAM)
    assert accounts.suspended(staffed, [ADA, SAM]) == {SAM}
    accounts.resume(staffed, SAM)
    assert accounts.suspended(staffed, [ADA, SAM]) == frozenset()
    assert (sessions.session_of(staffed, session), links.look(staffed, link), keys.valid(staffed, key)) == (None,) * 3


def test_a_suspension_outlives_an_import_of_people(staffed: Engine) -> None:
    accounts.suspend(staffed, SAM)
    people.replace_all(staffed, [Person(SAM, "Sam", (), ""), Person(ADA, "Ada", ("admins",), "")])
    assert accounts.suspended(staffed, [SAM]) == {SAM}


def test_an_admin_counts_who_can_come_in(staffed: Engine) -> None:
    assert not accounts.has_admin(staffed)
    accounts.set_password(staffed, SAM, "hash")
    assert not accounts.has_admin(staffed)
    accounts.set_password(staffed, ADA, "hash")
    assert accounts.has_admin(staffed)
    accounts.suspend(staffed, ADA)
    assert not accounts.has_admin(staffed)


def test_a_subject_stays_with_its_person(staffed: Engine) -> None:
    accounts.set_subject(staffed, SAM, "https://id.example|7")
    assert accounts.owner_of(staffed, "https://id.example|7") == SAM
    assert accounts.owner_of(staffed, "https://id.example|8") == ""
