"""Signing in: with a password, with a link, as the provider says. Whoever guesses learns nothing."""

import pytest
from sqlalchemy import Engine

from app.access import caller_for
from app.identity import accounts, audit, links, passwords, sessions, sign_in
from app.identity.links import FIRST_ADMIN
from app.identity.oidc import Claims
from app.identity.sign_in import Newcomer
from app.identity.throttle import Throttle
from retrieval.errors import Forbidden, Missing, NotSignedIn, QuestionRefused, TooMany, Unusable
from tests.app.identity.conftest import ADA, PASSWORD, SAM

SUBJECT = "https://id.example|7"


@pytest.fixture
def enrolled(staffed: Engine) -> Engine:
    """Both have a password."""
    for email in (ADA, SAM):
        accounts.set_password(staffed, email, passwords.hashed(PASSWORD))
    return staffed


def owner(engine: Engine, token: str) -> str:
    found = sessions.session_of(engine, token)
    return found.email if found else ""


def vouched(
    subject: str, email: str, name: str, groups: tuple[str, ...] | None = None, *, verified: bool = True
) -> Claims:
    return Claims(subject, email, name, verified, groups)


def test_the_right_password_begins_a_session_of_its_own(enrolled: Engine) -> None:
    first = sign_in.with_password(enrolled, Throttle(), " Sam@Office.Example ", PASSWORD, "")
    second = sign_in.with_password(enrolled, Throttle(), SAM, PASSWORD, "")
    assert first != second
    assert owner(enrolled, first) == owner(enrolled, second) == SAM


def test_a_wrong_password_an_unknown_address_and_a_suspension_sound_the_same(enrolled: Engine) -> None:
    accounts.suspend(enrolled, SAM)
    said = set()
    for email, password in ((ADA, "a wrong password"), ("eve@office.example", PASSWORD), (SAM, PASSWORD), ("", "")):
        with pytest.raises(NotSignedIn) as caught:
            sign_in.with_password(enrolled, Throttle(), email, password, "")
        said.add(caught.value.user_message)
    assert said == {"The e-mail address or the password is wrong"}


def test_guessing_is_throttled_even_when_the_last_guess_is_right(enrolled: Engine) -> None:
    throttle = Throttle()
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            sign_in.with_password(enrolled, throttle, SAM, "x" * 300, "10.0.0.1")
    with pytest.raises(TooMany):
        sign_in.with_password(enrolled, throttle, SAM, PASSWORD, "10.0.0.1")


def test_a_link_gives_its_person_a_password_once(staffed: Engine) -> None:
    link = links.make(staffed, SAM)
    token = sign_in.with_link(staffed, link, Newcomer(PASSWORD, email=ADA))
    assert owner(staffed, token) == SAM
    with pytest.raises(NotSignedIn, match="used already or has expired"):
        sign_in.with_link(staffed, link, Newcomer("another password"))
    assert sign_in.with_password(staffed, Throttle(), SAM, PASSWORD, "")


def test_a_password_that_is_not_taken_does_not_use_the_link_up(staffed: Engine) -> None:
    link = links.make(staffed, SAM)
    with pytest.raises(QuestionRefused):
        sign_in.with_link(staffed, link, Newcomer("short"))
    assert sign_in.with_link(staffed, link, Newcomer(PASSWORD))


def test_the_first_admin_says_who_they_are_and_there_is_one(ledger: Engine) -> None:
    link = sign_in.first_admin_link(ledger, "http://here").partition("=")[2]
    with pytest.raises(Unusable, match="An e-mail address was expected"):
        sign_in.with_link(ledger, link, Newcomer(PASSWORD, "no address"))
    token = sign_in.with_link(ledger, link, Newcomer(PASSWORD, "New@Office.example", "Nia"))
    assert owner(ledger, token) == "new@office.example"
    assert "group:admins" in caller_for(ledger, "new@office.example").audiences
    assert sign_in.first_admin_link(ledger, "http://here") == ""
    assert [one.what for one in audit.listed(ledger)] == ["became the first admin"]


def test_a_link_for_the_first_admin_makes_no_second_one(enrolled: Engine) -> None:
    link = links.make(enrolled, FIRST_ADMIN)
    with pytest.raises(NotSignedIn):
        sign_in.with_link(enrolled, link, Newcomer(PASSWORD, "eve@office.example", "Eve"))
    assert accounts.account_of(enrolled, "eve@office.example") is None


def test_whoever_changes_the_password_knows_the_old_one_and_is_signed_in_here_only(enrolled: Engine) -> None:
    elsewhere = sessions.begin(enrolled, SAM)
    with pytest.raises(NotSignedIn, match="The present password is wrong"):
        sign_in.change_password(enrolled, Throttle(), SAM, "wrong", "another long password")
    assert owner(enrolled, elsewhere) == SAM
    token = sign_in.change_password(enrolled, Throttle(), SAM, PASSWORD, "another long password")
    assert (owner(enrolled, token), owner(enrolled, elsewhere)) == (SAM, "")


def test_a_link_is_made_for_who_is_known_and_not_suspended(staffed: Engine) -> None:
    assert sign_in.link_for(staffed, "http://here", SAM).startswith("http://here/welcome?link=fdl_")
    with pytest.raises(Missing, match="frontdesk people invite eve@office.example"):
        sign_in.link_for(staffed, "http://here", "eve@office.example")
    accounts.suspend(staffed, SAM)
    with pytest.raises(Forbidden, match="is suspended"):
        sign_in.link_for(staffed, "http://here", SAM)


def test_whom_the_provider_vouches_for_becomes_known_with_their_groups(staffed: Engine) -> None:
    claims = vouched(SUBJECT, "Nia@office.example", "Nia", ("hr", "no group!"))
    assert owner(staffed, sign_in.as_provider_says(staffed, claims)) == "nia@office.example"
    assert caller_for(staffed, "nia@office.example").audiences == {"group:hr"}
    later = vouched(SUBJECT, "nia.married@office.example", "Nia", ("managers",))
    assert owner(staffed, sign_in.as_provider_says(staffed, later)) == "nia@office.example"
    assert caller_for(staffed, "nia@office.example").audiences == {"group:managers"}


def test_groups_that_are_managed_here_stay(staffed: Engine) -> None:
    sign_in.as_provider_says(staffed, vouched(SUBJECT, ADA, "Ada"))
    assert caller_for(staffed, ADA).audiences == {"group:admins"}


def test_an_address_that_was_not_verified_or_is_anothers_is_not_believed(staffed: Engine) -> None:
    with pytest.raises(NotSignedIn, match="has not verified"):
        sign_in.as_provider_says(staffed, vouched(SUBJECT, ADA, "Ada", verified=False))
    sign_in.as_provider_says(staffed, vouched(SUBJECT, ADA, "Ada"))
    with pytest.raises(NotSignedIn, match="belongs to another account"):
        sign_in.as_provider_says(staffed, vouched("https://id.example|8", ADA, "Eve"))


def test_the_provider_does_not_open_a_suspended_account(staffed: Engine) -> None:
    accounts.suspend(staffed, SAM)
    with pytest.raises(Forbidden, match="Your account is suspended"):
        sign_in.as_provider_says(staffed, vouched(SUBJECT, SAM, "Sam"))
