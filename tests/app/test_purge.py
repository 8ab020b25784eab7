"""What a deletion leaves in files nobody looks into: indexes of other ledgers, vectors of interrupted runs."""

import pytest

from app.bootstrap import Home
from app.purge import purge
from retrieval.ledger import documents, lookup
from tests.conftest import write
from tests.word_embedder import WordEmbedder


def run(home: Home) -> None:
    purge(home.engine, home.indexes, home.index_folder)


def test_the_index_of_another_ledger_in_the_same_home_is_removed(own_office: Home) -> None:
    """It is derived, and may hold the same document."""
    indexes = own_office.settings.home / "index"
    write(indexes, {"0123456789ab/lexical.sqlite": "x", "vectors.db/other": "x"})
    run(own_office)
    names = {folder.name for folder in indexes.iterdir()}
    assert names == {own_office.index_folder.name, "vectors.db"}


def test_a_vector_that_an_interrupted_run_left_is_removed_and_no_other(own_office: Home) -> None:
    kept = lookup.vectors(own_office.engine, lookup.alive_ids(own_office.engine))
    documents.store_embeddings(own_office.engine, ["loose"], WordEmbedder().read(["Interrupted."]))
    run(own_office)
    assert documents.stored_embeddings(own_office.engine, ["loose"]) == set()
    assert len(lookup.vectors(own_office.engine, list(kept))) == len(kept) == 6


@pytest.mark.parametrize("removed", [True, False])
def test_a_purge_is_due_from_the_deletion_until_it_is_done(own_office: Home, removed: bool) -> None:
    if removed:
        documents.remove(own_office.engine, "office/leave.md")
    assert documents.purge_is_due(own_office.engine) == removed
    own_office.indexes.save()
    run(own_office)
    assert not documents.purge_is_due(own_office.engine)
