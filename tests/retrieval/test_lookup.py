from datetime import date

import numpy as np
from sqlalchemy import Engine, event

from retrieval.access import PUBLIC, Scope
from retrieval.document import NO_FACTS, Facts
from retrieval.ledger import lookup, runs
from tests.stored import store
from tests.word_embedder import WordEmbedder

HR = Scope(frozenset({"everyone", "group:hr"}))
LEAVE, BANDS = "handbook/leave.md", "handbook/bands.md"


def test_only_chunks_inside_the_scope_are_found(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    closed = store(engine, words, BANDS, "Band A.", "Band B.", audience="group:hr")
    found = lookup.find(engine, ids + closed, PUBLIC)
    assert (set(found), set(lookup.find(engine, ids + closed, HR))) == (set(ids), set(ids + closed))


def test_a_chunk_is_found_with_what_its_document_says_about_itself(engine: Engine, words: WordEmbedder) -> None:
    facts = Facts(("DE", "AT"), date(2026, 1, 1), date(2026, 12, 31), ("Leave 2025", "old.md"))
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.", facts=facts)
    other = store(engine, words, BANDS, "Band A.")
    found = lookup.find(engine, ids + other, PUBLIC)
    assert [found[one].facts for one in (*ids, *other)] == [facts, facts, NO_FACTS]
    assert {one.facts for one in lookup.between(engine, LEAVE, 0, 1, PUBLIC)} == {facts}


def test_an_empty_scope_finds_nothing(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    assert lookup.find(engine, ids, Scope(frozenset())) == {}


def test_an_older_versions_chunk_is_not_found(engine: Engine, words: WordEmbedder) -> None:
    old = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "30 days.")
    assert lookup.find(engine, old, PUBLIC) == {}


def test_an_older_versions_chunk_can_still_be_quoted(engine: Engine, words: WordEmbedder) -> None:
    old = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "30 days.")
    assert {chunk.text for chunk in lookup.quoted(engine, old, PUBLIC).values()} == {"25 days.", "Ask Hana."}


def test_a_quote_outside_the_scope_is_not_given(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, BANDS, "Band A.", "Band B.", audience="group:hr")
    assert (lookup.quoted(engine, ids, PUBLIC), len(lookup.quoted(engine, ids, HR))) == ({}, 2)


def test_neighbours_are_read_in_order_and_inside_the_scope(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "One.", "Two.", "Three.", "Four.")
    store(engine, words, BANDS, "Band A.", "Band B.", audience="group:hr")
    read = [found.chunk.text for found in lookup.between(engine, LEAVE, 1, 2, PUBLIC)]
    assert (read, lookup.between(engine, BANDS, 0, 1, PUBLIC)) == (["Two.", "Three."], [])


def test_vectors_come_back_as_they_were_stored(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    audience, vector = lookup.vectors(engine, ids)[ids[1]]
    assert (audience, bool(np.array_equal(vector, words.query(f"{LEAVE}\nAsk Hana.")))) == ("everyone", True)


def test_more_chunks_than_a_statement_takes_are_read(engine: Engine, words: WordEmbedder) -> None:
    ids = store(engine, words, LEAVE, *(f"Rule number {number}." for number in range(1203)))
    assert (len(lookup.vectors(engine, ids)), len(lookup.texts(engine, ids))) == (1203, 1203)


def test_changes_are_told_from_the_last_one_on(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    after = lookup.newest_change(engine)
    ids = store(engine, words, BANDS, "Band A.", "Band B.")
    assert lookup.changed_since(engine, after) == (after + 2, ids)


def test_an_empty_ledger_is_at_0(engine: Engine) -> None:
    assert (lookup.newest_change(engine), lookup.changed_since(engine, 0), lookup.counts(engine)) == (
        0,
        (0, []),
        (0, 0),
    )


def test_documents_and_answerable_chunks_are_counted(engine: Engine, words: WordEmbedder) -> None:
    store(engine, words, LEAVE, "25 days.", "Ask Hana.")
    store(engine, words, LEAVE, "30 days.", "Ask Hana.")
    store(engine, words, BANDS, "Band A.")
    assert lookup.counts(engine) == (2, 3)


def test_a_persons_audiences_are_those_they_are_a_member_of(engine: Engine) -> None:
    runs.set_members(engine, {"group:hr": ["hana@x.example", "ada@x.example"], "group:managers": ["ada@x.example"]})
    assert lookup.audiences_of(engine, "ada@x.example") == frozenset({"group:hr", "group:managers"})
    assert lookup.audiences_of(engine, "sam@x.example") == frozenset()


def test_chunks_are_found_by_their_ids_and_not_by_going_through_an_audience(engine: Engine) -> None:
    # A question took 0.1 s at 100,000 chunks: SQLite went through everything that everyone may read.
    statements: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2:4]))
    for look in (lookup.find, lookup.words):
        look(engine, ["a", "b"], PUBLIC)
    lookup.quoted(engine, ["a", "b"], PUBLIC)
    queries = [one for one in statements if one[0].startswith("SELECT")]
    with engine.connect() as connection:
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all() for sql, values in queries]  # type: ignore[arg-type]
    assert [first[0].detail.split(" (")[0] for first in plans] == [
        "SEARCH chunks USING INDEX sqlite_autoindex_chunks_1"
    ] * 3
