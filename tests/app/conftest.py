"""A small office with documents for everyone, for HR and for managers, and the people to ask for them."""

import contextlib
import io
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from app import cli, people
from app.access import Caller, caller_for
from app.bootstrap import Home
from app.people import Person
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.embedder import Embedder
from retrieval.ledger.engine import open_ledger, writing
from retrieval.ledger.schema import sources
from tests.app.commands import Done, Frontdesk
from tests.conftest import write

FILES = {
    "audiences.toml": (
        '[default]\naudience = "everyone"\ncontact = "people@office.example"\n\n'
        '[[rule]]\npaths = "hr/**"\naudience = "group:hr"\ncontact = "hana@office.example"\n\n'
        '[[rule]]\npaths = "managers/**"\naudience = "group:managers"\n'
    ),
    "leave.md": (
        "# Annual leave\n\nEvery employee has 27 days of annual leave.\n\n"
        "## Booking\n\nLeave is booked in Meadow at least five working days ahead.\n"
    ),
    "badges.md": "# Door badges\n\nA lost badge is blocked by calling the guard at once.\n",
    "laptops.md": "# Laptop repair\n\nA broken laptop is replaced within one working day.\n",
    "hr/bands.md": "# Salary bands\n\nThe salary of grade G5 in Leeds is between 49,700 and 64,500 pounds.\n",
    "managers/warnings.md": "# Written warnings\n\nA written warning is kept in the file for eleven months.\n",
}
PEOPLE = [
    Person("hana@office.example", "Hana", ("hr",), "GB"),
    Person("marcus@office.example", "Marcus", ("managers",), "DE"),
    Person("sam@office.example", "Sam", (), "GB"),
]


def fill(home: Home, folder: Path) -> Home:
    """Ingest the office and import its people."""
    home.ingest(write(folder / "office", FILES), "everyone", NoProgress())
    people.replace_all(home.engine, PEOPLE)
    return home


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    """The office, shared: tests must not change its documents and people."""
    folder = tmp_path_factory.mktemp("office")
    home = Home(Settings(home=folder / "home"))
    home.__dict__["embedder"] = embedder
    yield fill(home, folder)
    home.engine.dispose()


@pytest.fixture(scope="session")
def kept_office(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A folder with the office's home and files, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("kept-office")
    home = Home(Settings(home=folder / "home"))
    home.__dict__["embedder"] = embedder
    fill(home, folder).engine.dispose()
    return folder


@pytest.fixture
def own_office(kept_office: Path, make_home: Callable[..., Home], tmp_path: Path) -> Home:
    """The office, for a test that changes it. Its files are in `tmp_path / "office"`."""
    shutil.copytree(kept_office, tmp_path, dirs_exist_ok=True)
    home = make_home()
    with writing(home.engine) as connection:
        connection.execute(update(sources).values(location=str((tmp_path / "office").resolve())))
    return home


@pytest.fixture
def hana(office: Home) -> Caller:
    """Of HR."""
    return caller_for(office.engine, "hana@office.example")


@pytest.fixture
def sam(office: Home) -> Caller:
    """In no group."""
    return caller_for(office.engine, "sam@office.example")


@pytest.fixture
def frontdesk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: Embedder) -> Frontdesk:
    """Run a command as the console script does, in a home and a working folder of the test's own.

    The installed model is loaded once for all tests, not by each command; tests/browser run whole processes.
    """
    load = Home.__dict__["embedder"].func
    shared = property(lambda home: load(home) if home.settings.embedder else embedder)
    monkeypatch.setattr(Home, "embedder", shared)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FRONTDESK_DEVICE", "cpu")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> Done:
        out, error = io.StringIO(), io.StringIO()
        monkeypatch.setattr(sys, "argv", ["frontdesk", *arguments])
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            try:
                cli.main()
                code = 0
            except SystemExit as exc:
                code = int(exc.code or 0)
        return Done(code, out.getvalue(), error.getvalue())

    return run


@pytest.fixture
def at_office(frontdesk: Frontdesk, office: Home, monkeypatch: pytest.MonkeyPatch) -> Frontdesk:
    """The same in the shared office."""
    monkeypatch.setenv("FRONTDESK_HOME", str(office.settings.home))
    return frontdesk


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty ledger, to be copied: the migrations run once."""
    file = tmp_path_factory.mktemp("empty") / "ledger.sqlite"
    open_ledger(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.heavy)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, empty_ledger: Path) -> Iterator[Engine]:
    """An empty ledger in each kind of database."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_cluster")
        url = server.url(server.new_database())
    else:
        shutil.copy(empty_ledger, tmp_path / "ledger.sqlite")
        url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    engine = open_ledger(url)
    yield engine
    engine.dispose()
