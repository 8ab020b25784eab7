"""The list of documents for whoever keeps them."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from retrieval.concern import Concern
from retrieval.embedder import Embedder
from retrieval.ledger import catalogue, documents
from retrieval.ledger.catalogue import Wanted
from tests.stored import store, version

HR, ALL = "group:hr", "everyone"


@pytest.fixture
def kept(engine: Engine, embedder: Embedder) -> Engine:
    store(engine, embedder, "handbook/leave.md", "Leave is 27 days.", "It is booked in Meadow.")
    store(engine, embedder, "handbook/bands_a.md", "Bands.", audience=HR)
    store(engine, embedder, "handbook/odd%.md", "Odd.")
    flagged = version(embedder, "handbook/odd%.md", ("Odd.",))
    entry = replace(flagged.entry, concerns=(Concern("hidden access key", 1),))
    documents.flip(engine, replace(flagged, entry=entry))
    return engine


def uris(engine: Engine, wanted: Wanted, first: int = 0, most: int = 50) -> list[str]:
    return [entry.uri for entry in catalogue.page(engine, wanted, first, most).entries]


def test_all_documents_come_by_uri_whoever_may_read_them(kept: Engine) -> None:
    assert uris(kept, Wanted()) == ["handbook/bands_a.md", "handbook/leave.md", "handbook/odd%.md"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted("LEAVE"), ["handbook/leave.md"]),
        (Wanted("handbook leave"), ["handbook/leave.md"]),
        (Wanted("odd%"), ["handbook/odd%.md"]),
        (Wanted("s_a"), ["handbook/bands_a.md"]),
        (Wanted("%"), ["handbook/odd%.md"]),
        (Wanted(audience=HR), ["handbook/bands_a.md"]),
        (Wanted(uri="handbook/leave.md"), ["handbook/leave.md"]),
        (Wanted(uri="handbook/leave"), []),
        (Wanted(source="nothing"), []),
        (Wanted("leave", audience=HR), []),
        (Wanted(flagged=True), ["handbook/odd%.md"]),
    ],
)
def test_a_filter_leaves_what_it_says(kept: Engine, wanted: Wanted, found: list[str]) -> None:
    assert uris(kept, wanted) == found


def test_a_page_says_how_many_there_are_in_all(kept: Engine) -> None:
    page = catalogue.page(kept, Wanted(), 1, 1)
    assert (page.total, [entry.uri for entry in page.entries]) == (3, ["handbook/leave.md"])


def test_a_documents_passages_come_in_order(kept: Engine) -> None:
    found = catalogue.passages(kept, "handbook/leave.md")
    assert [one.text for one in found] == ["Leave is 27 days.", "It is booked in Meadow."]


def test_passages_of_an_older_version_are_not_shown(kept: Engine, embedder: Embedder) -> None:
    store(kept, embedder, "handbook/leave.md", "Leave is 30 days.")
    assert [one.text for one in catalogue.passages(kept, "handbook/leave.md")] == ["Leave is 30 days."]


def test_documents_are_counted_by_source_and_by_audience(kept: Engine) -> None:
    assert catalogue.counted(kept, "source") == {"handbook": 3}
    assert catalogue.counted(kept, "audience") == {ALL: 2, HR: 1}
