"""One browser and one demo for all of these tests: each of both takes long to start."""

from collections.abc import Iterator

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser

from app import people
from app.bootstrap import Home
from app.identity import accounts, passwords, sessions
from app.people import Person
from app.settings import Settings
from ingest.report import NoProgress
from tests.browser.chromium import chromium
from tests.browser.stack import Stack, up
from tests.conftest import write

ADA, SAM = "ada@office.example", "sam@office.example"
PASSWORD = "four plain words here"
_PEOPLE = (Person(ADA, "Ada Finch", ("admins",), "GB"), Person(SAM, "Sam Whitlock", (), "GB"))
_FILES = {
    "leave.md": "# Annual leave\n\nEverybody has 27 days of leave.\n",
    "keys.md": "# Staging access\n\nThe key is AKIAIOSFODNN7EXAMPLQ.\n",
    "scan.pdf": "no PDF",
}


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as found:
        yield found


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """`frontdesk up --demo` in a home that it fills itself. Shared: tests must not change its documents."""
    with up(tmp_path_factory.mktemp("demo"), "--demo") as stack:
        yield stack


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Where people sign in: Ada, who is an admin, and Sam. It has something to show on every page of admins."""
    folder = tmp_path_factory.mktemp("company")
    home = Home(Settings(home=folder / "home"))
    home.ingest(write(folder / "office", _FILES), "everyone", NoProgress())
    people.replace_all(home.engine, list(_PEOPLE))
    for person in _PEOPLE:
        accounts.set_password(home.engine, person.email, passwords.hashed(PASSWORD))
    home.engine.dispose()
    with up(folder, login="local") as stack:
        yield stack


@pytest.fixture
def ada(company: Stack) -> list[SetCookieParam]:
    """What Ada's browser keeps after the sign-in."""
    home = Home(Settings(home=company.folder / "home"))
    token = sessions.begin(home.engine, ADA)
    home.engine.dispose()
    return [{"name": "frontdesk_session", "value": token, "url": company.page}]
