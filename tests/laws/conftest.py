"""Homes that are made quickly, many times in one test; and each place for the ledger and the vectors."""

from collections.abc import Iterator
from functools import partial

import pytest

from app.bootstrap import Home
from tests.laws.corpus import NewHome, Written, filled, of_words

OFFICE = (
    Written(
        "plan 2025", ("The bonus plan pays three percent of the salary.", "Ask the guard about badges."), "everyone"
    ),
    Written("leave", ("Annual leave is 25 days. Leave is booked in Meadow.", "- one day\n- two days"), "everyone"),
    Written("bands", ("The salary of a zebra keeper is 49,700 pounds.",), "group:hr"),
    Written("warnings", ("A warning about overtime is kept for eleven months.",), "slack:T1/C1"),
)
PAIRS = [("sqlite", "faiss"), ("sqlite", "milvus lite"), ("postgresql", "faiss"), ("postgresql", "milvus server")]
BACKENDS = [
    pytest.param(pair, marks=[pytest.mark.heavy] if number else [], id=" and ".join(pair))
    for number, pair in enumerate(PAIRS)
]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> dict[str, str]:
    """The settings for one pair of places."""
    ledger, index = request.param
    settings = {}
    if ledger == "postgresql":
        server = request.getfixturevalue("postgres_cluster")
        settings["ledger"] = server.url(server.new_database())
    if index != "faiss":
        settings["index"] = f"milvus:{request.getfixturevalue('milvus') if index == 'milvus server' else 'index.db'}"
    return settings


@pytest.fixture(scope="session")
def new_home(tmp_path_factory: pytest.TempPathFactory) -> NewHome:
    """Open a home with these documents; it is gone afterwards."""
    home = of_words(tmp_path_factory.mktemp("laws"))
    home.engine.dispose()
    return partial(filled, home.settings.home / "ledger.sqlite")


@pytest.fixture(scope="session")
def little_office(new_home: NewHome) -> Iterator[Home]:
    """Four documents of three audiences; tests must not change them."""
    with new_home(OFFICE) as home:
        yield home
