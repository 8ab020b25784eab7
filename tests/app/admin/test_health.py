"""How the home is, and what is wrong, in sentences that say what to do."""

from app.admin.health import health
from app.bootstrap import Home
from retrieval.ledger import runs


def test_a_home_that_is_well_has_nothing_wrong(managed: Home) -> None:
    managed.indexes.catch_up()
    found = health(managed)
    assert (found.documents, found.indexed, found.behind, found.wrong) == (5, found.chunks, 0, ())
    assert (found.index, found.answers_from) == ("FAISS files", ("quoting",))
    assert {"python", "frontdesk", "streamlit"} <= found.versions.keys()
    assert 0 < found.disk_free < found.disk_total


def test_an_empty_home_says_where_documents_come_from(home: Home) -> None:
    assert health(home).wrong == ("There are no documents yet. Add some on the page Sources.",)


def test_a_run_that_broke_off_says_what_to_do(managed: Home) -> None:
    runs.end_run(managed.engine, runs.start_run(managed.engine, "office"), {}, "failed")
    (sentence,) = health(managed).wrong
    assert sentence.startswith("The last run, of office, is failed. Ingest the source again")
