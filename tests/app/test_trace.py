"""By what a document is recognised: what it has alone, in all its versions, wherever the ledger may have left it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text, update

from app.conversations import Conversations
from app.shingles import shingles
from app.trace import columns_with, texts_of, traced
from retrieval.ledger import documents
from retrieval.ledger.engine import open_ledger, writing
from retrieval.ledger.schema import chunks, facts, runs
from tests.app.test_conversations import SAM
from tests.stored import WHEN, store
from tests.word_embedder import WordEmbedder

OLD = "Every keeper gets twenty days of leave in the first year of work."
NEW = "Every keeper gets thirty days of leave in the first year of work."
SHARED = "Whoever has a question about any of this asks the front office."


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A document with an older version, and another one that shares a text with it."""
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    words = WordEmbedder()
    store(opened, words, "leave", OLD, SHARED)
    store(opened, words, "leave", NEW, SHARED)
    store(opened, words, "claims", "Claims are paid within ten days of their date of receipt.", SHARED)
    yield opened
    opened.dispose()


def test_a_documents_texts_are_those_of_all_versions(engine: Engine) -> None:
    assert set(texts_of(engine, "leave")) == {"leave", OLD, NEW, SHARED}


def test_what_another_document_says_too_is_no_trace(engine: Engine) -> None:
    trace = traced(engine, "leave")
    assert trace.stretches.keys() == shingles(OLD) | shingles(NEW)
    assert trace.shared == len(shingles(SHARED))
    assert len(trace.chunks) == 3


def test_a_vector_is_a_trace_where_no_other_document_uses_it(engine: Engine) -> None:
    telling = bytes(range(64)) * 32
    with writing(engine) as connection:
        connection.execute(text("UPDATE embeddings SET vector = :vector"), {"vector": telling})
    assert traced(engine, "leave").vectors == {bytes(range(64))}
    with writing(engine) as connection:
        of_leave = connection.execute(chunks.select().where(chunks.c.text == NEW)).one().embedding
        connection.execute(update(chunks).where(chunks.c.uri == "claims").values(embedding=of_leave))
        connection.execute(update(chunks).where(chunks.c.uri == "leave").values(embedding=of_leave))
    assert traced(engine, "leave").vectors == set()


def test_nothing_is_found_where_the_document_is_gone(engine: Engine) -> None:
    trace = traced(engine, "leave")
    assert "chunks.text" in columns_with(engine, trace)[1]
    documents.remove(engine, "leave")
    assert columns_with(engine, trace)[1] == []


@pytest.mark.parametrize("column", ["facts.value", "runs.counts", "conversations.title", "notes.words"])
def test_it_is_found_in_any_column_of_any_table(engine: Engine, column: str) -> None:
    trace = traced(engine, "leave")
    documents.remove(engine, "leave")
    if column == "conversations.title":
        Conversations(engine).begin(SAM, "every keeper gets THIRTY days of leave in")
    with writing(engine) as connection:
        if column == "facts.value":
            connection.execute(insert(facts).values(name="x", value=f"He said: {NEW.upper()}"))
        if column == "runs.counts":
            values = {"source": "s", "started_at": WHEN, "counts": {"why": [1, {"said": NEW}]}}
            connection.execute(insert(runs).values(values))
        if column == "notes.words":  # a table that nobody here knows of
            connection.execute(text("CREATE TABLE notes (number INTEGER, words TEXT)"))
            connection.execute(text("INSERT INTO notes VALUES (1, :words)"), {"words": NEW})
    looked, found = columns_with(engine, trace)
    assert found == [column]
    assert {"chunks.text", "messages.parts", "failures.reason", column} <= set(looked)
