"""A company with a handbook for everyone, a page for HR, a Slack export, and people; and sets built from it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import people
from app.bootstrap import Home
from app.finetune.dataset import Dataset, Recipe
from app.finetune.permission import Permission, permission
from app.finetune.questioning import Mixture
from app.finetune_data import Making, build
from app.people import Person
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.access import EVERYONE, Scope
from retrieval.embedder import Embedder
from tests.conftest import write
from tests.slack_zip import message, slack_zip

HANDBOOK = {
    "audiences.toml": '[[rule]]\npaths = "hr/**"\naudience = "group:hr"\n',
    "leave.md": (
        "# Annual leave\n\nEvery employee has 27 days of annual leave. You may take them in half days.\n\n"
        "## Booking\n\nBook your leave in Meadow at least 5 working days ahead. If it is refused, ask the desk.\n\n"
        "## Days by office\n\n| Office | Extra days |\n|---|---|\n| Leeds | 3 |\n| Hamburg | 5 |\n"
    ),
    "sickness.md": (
        "# Sickness\n\nTell your manager by phone before 09:30. A certificate is needed from day 8.\n\n"
        "## Coming back\n\nA phased return lasts 4 weeks and is paid at full salary. Questions: hana@office.example\n"
    ),
    "travel.md": (
        "# Travel\n\nTrains are booked through Wayfold. You must book flights 21 days before departure.\n\n"
        "## Hotels\n\nThe hotel cap is the highest price per night including breakfast. Keep every receipt.\n"
    ),
    "bicycles.md": (
        "# Bicycles\n\nThe company pays 20 pounds a month for a bicycle. Bicycles can be parked in the cellar.\n\n"
        "## Repairs\n\nHana Okoro repairs bicycles every Tuesday. If your bicycle is stolen, call the guard.\n"
    ),
    "laptops.md": (
        "# Laptops\n\nA broken laptop is replaced within 2 working days. You can choose between three models.\n\n"
        "## Passwords\n\nA password has 14 letters. If you forget it, the IT Desk sends a new one.\n"
    ),
    "parental.md": (
        "# Parental leave\n\nBoth parents receive 16 weeks of full pay. Tell us 12 weeks before the birth.\n\n"
        "## Returning\n\nYou can return part-time. Your desk is kept for 12 months.\n"
    ),
    "hr/bands.md": "# Salary bands\n\nThe salary of grade G5 is 49,700 pounds. Bands are reviewed every March.\n",
}
PEOPLE = [
    Person("hana@office.example", "Hana Okoro", ("hr",), "GB"),
    Person("sam@office.example", "Sam Whitlock", (), ""),
]
THREAD = [
    message("Where can I leave my umbrella in the Leeds office while it rains?", "1736240659.000100", "U2"),
    message(
        "Umbrellas dry in the boiler room behind the blue door. If the blue door is locked, ask the guard downstairs.",
        "1736240700.000200",
        thread_ts="1736240659.000100",
    ),
]
SMALL = Recipe(mixture=Mixture(per_document=5))


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    """The company, shared: tests must not change it."""
    folder = tmp_path_factory.mktemp("finetune")
    home = Home(Settings(home=folder / "home"))
    home.__dict__["embedder"] = embedder
    home.ingest(write(folder / "handbook", HANDBOOK), "everyone", NoProgress())
    THREAD[0]["thread_ts"] = THREAD[0]["ts"]
    home.ingest(slack_zip(folder / "export.zip", {"general/2025-01-07": THREAD}), "everyone", NoProgress())
    people.replace_all(home.engine, PEOPLE)
    yield home
    home.engine.dispose()


@pytest.fixture
def own_company(company: Home, make_home: Callable[..., Home], tmp_path: Path) -> Home:
    """A copy of the company, for a test that changes it."""
    home = make_home()
    home.settings.home.mkdir(parents=True, exist_ok=True)
    with company.engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    (home.settings.home / "ledger.sqlite").write_bytes((company.settings.home / "ledger.sqlite").read_bytes())
    return home


def everyone(home: Home, *more: str) -> Permission:
    """What may be learned for these audiences."""
    return permission(home.engine, Scope(frozenset([EVERYONE, *more])))


def built(
    home: Home, recipe: Recipe = SMALL, allowed: Permission | None = None, questions: Path | None = None
) -> Dataset:
    """A set as the command builds it, without its files."""
    return build(home, allowed or everyone(home), recipe, Making(questions=questions)).dataset


@pytest.fixture(scope="session")
def dataset(company: Home) -> Dataset:
    """The set of the whole company."""
    return built(company)
