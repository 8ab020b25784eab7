"""Documents put into a ledger without reader and pipeline, for tests of what reads them."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from retrieval.access import Audience
from retrieval.chunk import Chunk, chunk_id, embedded_text, embedding_digest
from retrieval.document import NO_FACTS, Facts
from retrieval.embedder import Embedder
from retrieval.ledger import documents, runs
from retrieval.ledger.documents import Entry, Version

WHEN = datetime(2026, 1, 5, tzinfo=UTC)


def chunk(text: str, uri: str = "handbook/leave.md", title: str = "Leave") -> Chunk:
    """A chunk with a real id."""
    return Chunk(chunk_id(uri, embedded_text(title, (), text), 0), uri, title, (), text)


def version(
    embedder: Embedder, uri: str, texts: tuple[str, ...], audience: str = "everyone", facts: Facts = NO_FACTS
) -> Version:
    """A document of these chunks, titled by its uri."""
    chunks = tuple(chunk(text, uri, uri) for text in texts)
    entry = Entry(uri, "handbook", uri, audience, "", "stamp", "digest", 1, WHEN, facts)
    return Version(entry, chunks, tuple(embedding_digest(embedder.id, one.embedded_text) for one in chunks))


def store(
    engine: Engine,
    embedder: Embedder,
    uri: str,
    *texts: str,
    audience: str = "everyone",
    facts: Facts = NO_FACTS,
) -> list[str]:
    """Make these chunks the document's answerable version; returns their ids."""
    runs.add_source(engine, "folder", "/handbook", "handbook")
    new = version(embedder, uri, texts, audience, facts)
    stored = documents.stored_embeddings(engine, new.embeddings)
    missing = [place for place, digest in enumerate(new.embeddings) if digest not in stored]
    if missing:
        readings = embedder.read([new.chunks[place].embedded_text for place in missing])
        documents.store_embeddings(engine, [new.embeddings[place] for place in missing], readings)
    documents.flip(engine, new)
    return [one.id for one in new.chunks]


def move(engine: Engine, uri: str, audience: str) -> None:
    """Change who may read the document."""
    documents.set_audience(engine, uri, Audience(audience))
