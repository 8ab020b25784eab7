from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from retrieval.access import PUBLIC, Scope
from retrieval.concern import Concern
from retrieval.document import NO_FACTS, Facts
from retrieval.errors import Missing
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks, embeddings, failures, index_changes
from tests.stored import move, store, version
from tests.word_embedder import WordEmbedder

HR = Scope(frozenset({"group:hr"}))
LEAVE, CLAIM = "handbook/leave.md", "handbook/claim.md"


def alive(engine: Engine, scope: Scope = PUBLIC) -> set[str]:
    """The texts that can be found inside the scope."""
    return {found.chunk.text for found in lookup.find(engine, lookup.alive_ids(engine), scope).values()}


def vectors(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(embeddings)).scalar_one()


def changes(engine: Engine, after: int) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        query = select(index_changes.c.op, index_changes.c.chunk_id).where(index_changes.c.seq > after)
        return [(row.op, row.chunk_id) for row in connection.execute(query.order_by(index_changes.c.seq))]


def test_a_new_version_takes_the_old_ones_place(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.")
    store(engine, words, LEAVE, "30 days.", "Ask Hana.")
    assert alive(engine) == {"30 days.", "Ask Hana.", "Ten days."}


def test_a_flip_that_fails_leaves_the_old_version_whole(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.")
    new = version(words, LEAVE, ("30 days.", "Ask Ingrid."))
    other = lookup.find(engine, lookup.alive_ids(engine), PUBLIC)
    taken = next(found.chunk for found in other.values() if found.chunk.uri == CLAIM)
    broken = replace(new, chunks=(new.chunks[0], taken))
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        documents.flip(engine, broken)
    assert alive(engine) == {"25 days.", "Ask Hana.", "Ten days."}


def test_a_flip_tells_the_indexes_what_came_and_what_went(engine: Engine, words: WordEmbedder) -> None:
    old, kept = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    before = lookup.newest_change(engine)
    new, _ = store(engine, words, LEAVE, "30 days.", "Ask Hana.")
    assert changes(engine, before) == [("delete", old), ("upsert", new)]
    assert kept in lookup.alive_ids(engine)


def test_a_text_that_comes_back_is_found_again(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "30 days.", "Ask Hana.")
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    assert (alive(engine), len(lookup.vectors(engine, ids))) == ({"25 days.", "Ask Hana."}, 2)


def test_the_vector_of_a_text_that_went_is_forgotten(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "Ask Hana.")
    assert vectors(engine) == 1


def test_a_vector_that_another_document_waits_for_is_kept(engine: Engine, words: WordEmbedder) -> None:
    """Two documents swapped their texts: the first flip threw away the vector that the second one counted on."""
    store(engine, words, LEAVE, "25 days.")
    waiting = version(words, LEAVE, ("25 days.",)).embeddings
    documents.flip(engine, version(words, LEAVE, ()), frozenset(waiting))
    assert documents.stored_embeddings(engine, waiting) == set(waiting)


def test_a_changed_audience_counts_at_once(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.")
    move(engine, LEAVE, "group:hr")
    assert (alive(engine, PUBLIC), alive(engine, HR)) == ({"Ten days."}, {"25 days.", "Ask Hana."})


def test_a_changed_audience_embeds_nothing(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    before = list(words.embedded)
    move(engine, LEAVE, "group:hr")
    assert (words.embedded, vectors(engine)) == (before, 2)


def test_a_changed_audience_is_told_to_the_indexes(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    before = lookup.newest_change(engine)
    move(engine, LEAVE, "group:hr")
    assert changes(engine, before) == [("upsert", ids[0]), ("upsert", ids[1])]


def test_a_new_version_with_another_audience_moves_every_chunk(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    before = lookup.newest_change(engine)
    store(engine, words, LEAVE, "25 days.", "Ask Hana.", audience="group:hr")
    assert changes(engine, before) == [("upsert", ids[0]), ("upsert", ids[1])]


def test_a_deleted_document_is_gone_with_all_its_versions_and_vectors(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "30 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.")
    documents.remove(engine, LEAVE)
    with reading(engine) as connection:
        left = list(connection.execute(select(chunks.c.text)).scalars())
    assert (left, vectors(engine), alive(engine)) == (["Ten days."], 1, {"Ten days."})


def test_a_deleted_documents_quotes_are_gone(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.")
    documents.remove(engine, LEAVE)
    assert lookup.quoted(engine, ids, PUBLIC) == {}


def test_a_deletion_says_how_many_chunks_went(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    assert documents.remove(engine, LEAVE) == 2


def test_a_vector_that_two_documents_share_outlives_one_of_them(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.")
    shared = version(words, LEAVE, ("25 days.",)).embeddings
    other = version(words, CLAIM, ("25 days.",))
    documents.flip(engine, replace(other, embeddings=shared))
    documents.remove(engine, LEAVE)
    assert documents.stored_embeddings(engine, shared) == set(shared)


def test_deleting_an_unknown_document_says_where_the_known_ones_are_listed(engine: Engine) -> None:
    with pytest.raises(Missing, match=r"No document 'handbook/x\.md'\. `frontdesk documents` lists them"):
        documents.remove(engine, "handbook/x.md")


def test_a_readable_version_ends_the_failure(engine: Engine, words: WordEmbedder) -> None:
    run = runs.start_run(engine, "handbook")
    for uri in (LEAVE, CLAIM):
        runs.note_failure(engine, run, "handbook", runs.Failure(uri, "broken"))
    store(engine, words, LEAVE, "25 days.")
    with reading(engine) as connection:
        assert list(connection.execute(select(failures.c.uri)).scalars()) == [CLAIM]


def test_documents_are_listed_by_uri_and_source(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.")
    store(engine, words, CLAIM, "Ten days.")
    listed = [entry.uri for entry in documents.entries(engine)]
    assert (listed, documents.entries(engine, "slack")) == ([CLAIM, LEAVE], [])


def test_a_new_version_with_other_facts_is_listed_with_them_and_told_to_no_index(
    engine: Engine, words: WordEmbedder
) -> None:
    facts = Facts(("DE",), date(2026, 1, 1), None, ("Leave 2025",))
    store(engine, words, CLAIM, "Ten days.")
    store(engine, words, LEAVE, "25 days.")
    before = lookup.newest_change(engine)
    store(engine, words, LEAVE, "25 days.", facts=facts)
    assert [entry.facts for entry in documents.entries(engine)] == [NO_FACTS, facts]
    assert changes(engine, before) == []


HIDDEN = Concern("hidden bank account", 1)
SPOKEN = Concern("speaks to a language model", 2, "Ignore all previous instructions")


def flip(engine: Engine, words: WordEmbedder, text: str, *concerns: Concern) -> str:
    """A new version of the rules of leave with these concerns; returns its chunk's id."""
    new = version(words, LEAVE, (text,))
    documents.store_embeddings(engine, list(new.embeddings), words.read([text]))
    documents.flip(engine, replace(new, entry=replace(new.entry, concerns=concerns)))
    return new.chunks[0].id


def test_concerns_are_kept_with_their_document(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, CLAIM, "Ten days.")
    store(engine, words, LEAVE, "25 days.")
    flip(engine, words, "30 days.", HIDDEN, SPOKEN)
    assert [entry.concerns for entry in documents.entries(engine)] == [(), (HIDDEN, SPOKEN)]


def test_a_version_that_hides_something_new_makes_older_ones_unreadable(engine: Engine, words: WordEmbedder) -> None:
    (old,) = store(engine, words, LEAVE, "Pay to account 12.")
    assert not documents.purge_is_due(engine)
    hiding = flip(engine, words, "Pay to account [hidden].", HIDDEN)
    assert set(lookup.quoted(engine, [old, hiding], PUBLIC)) == {hiding}
    assert documents.purge_is_due(engine)


def test_a_version_that_hides_what_was_hidden_before_leaves_older_ones_to_be_quoted(
    engine: Engine, words: WordEmbedder
) -> None:
    store(engine, words, LEAVE, "25 days.")
    first = flip(engine, words, "Pay to account [hidden].", HIDDEN)
    second = flip(engine, words, "Pay to account [hidden] today.", HIDDEN, SPOKEN)
    assert set(lookup.quoted(engine, [first, second], PUBLIC)) == {first, second}


def test_a_new_document_that_hides_something_makes_no_purge_due(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, CLAIM, "Ten days.")
    flip(engine, words, "Pay to account [hidden].", HIDDEN)
    assert not documents.purge_is_due(engine)


def test_the_texts_of_all_documents_are_the_answerable_ones(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, CLAIM, "Ten days.", audience="group:hr")
    store(engine, words, LEAVE, "30 days.", "Ask Hana.", "In May.")
    assert list(documents.texts(engine)) == [(CLAIM, "Ten days."), (LEAVE, "30 days.\nAsk Hana.\nIn May.")]
