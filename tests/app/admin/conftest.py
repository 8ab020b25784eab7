"""The office with an admin, served, for tests of the routes of admins."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from app import people
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.people import Person
from app.settings import Settings
from retrieval.embedder import Embedder
from tests.app.conftest import fill
from tests.serving import served

ADMIN, EMPLOYEE = "ada@office.example", "sam@office.example"
EVERYBODY = [
    Person(ADMIN, "Ada Finch", ("admins",), "GB"),
    Person("hana@office.example", "Hana Okoro", ("hr",), "GB"),
    Person("marcus@office.example", "Marcus Leid", ("managers",), "DE"),
    Person(EMPLOYEE, "Sam Whitlock", (), "GB"),
]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """The office with an admin, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("managed")
    home = Home(Settings(home=folder / "home"))
    home.__dict__["embedder"] = embedder
    people.replace_all(fill(home, folder).engine, EVERYBODY)
    home.engine.dispose()
    return home.settings.home


@pytest.fixture
def managed(make_home: Callable[..., Home], furnished: Path, tmp_path: Path) -> Home:
    """An office of the test's own, with an admin."""
    shutil.copytree(furnished, tmp_path / "home")
    return make_home()


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory, furnished: Path, embedder: Embedder) -> Iterator[httpx.Client]:
    """A server for the admin, shared by tests that change nothing."""
    place = tmp_path_factory.mktemp("read") / "home"
    shutil.copytree(furnished, place)
    home = Home(Settings(home=place))
    home.__dict__["embedder"] = embedder
    headers = {"Authorization": f"Bearer {service_key(place)}", AS_HEADER: ADMIN}
    with served(home) as url, httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client
    home.engine.dispose()


@pytest.fixture
def http(managed: Home) -> Iterator[httpx.Client]:
    """Its server, for the admin."""
    headers = {"Authorization": f"Bearer {service_key(managed.settings.home)}", AS_HEADER: ADMIN}
    with served(managed) as url, httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client
