"""`frontdesk people`: inviting, suspending, new passwords, at a terminal."""

import re

import pytest

from app.bootstrap import Home
from app.identity import links
from app.settings import load
from tests.app.commands import Frontdesk

MIA = "mia@office.example"


@pytest.fixture
def local(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch) -> Frontdesk:
    monkeypatch.setenv("FRONTDESK_LOGIN", "local")
    return frontdesk


def test_somebody_is_invited_listed_suspended_and_let_in_again(local: Frontdesk) -> None:
    assert "Nobody is known yet" in local("people", "list").out
    said = local("people", "invite", "Mia@Office.example", "--name", "Mia", "--group", "hr", "--group", "admins").out
    link = re.search(r"http://127\.0\.0\.1:8611/welcome\?link=(\S+)", said)
    assert link, said
    engine = Home(load()).engine
    assert links.look(engine, link[1]) == MIA
    assert re.search(r"mia@office\.example .*Mia .*not yet", local("people", "list").out)
    assert "is shut out" in local("people", "suspend", MIA).out
    assert links.look(engine, link[1]) is None
    assert "suspended" in local("people", "list").out
    refused = local("people", "password", MIA)
    assert (refused.code, "is suspended" in refused.error) == (1, True)
    assert local("people", "resume", MIA).code == 0
    assert "welcome?link=fdl_" in local("people", "password", MIA).out
    actions = local("audit").out
    for action in ("invited", "suspended", "let in again", "made a password link", "terminal"):
        assert action in actions
    engine.dispose()


def test_without_passwords_no_link_is_printed(frontdesk: Frontdesk) -> None:
    said = frontdesk("people", "invite", MIA).out
    assert "No password is needed: login is none" in said
    assert "link=" not in said


def test_an_odd_or_unknown_address_is_told(local: Frontdesk) -> None:
    assert local("people", "invite", "mia").code == 2
    for command in ("suspend", "resume", "password"):
        done = local("people", command, "eve@office.example")
        assert (done.code, "eve@office.example" in done.error) == (1, True)
