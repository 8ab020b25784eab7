"""Reading chunks back: always alive, always inside a scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Engine, Row, Select, func, select

from retrieval.access import Scope
from retrieval.chunk import Chunk
from retrieval.document import NO_FACTS, Facts
from retrieval.embedder import Vectors
from retrieval.ledger.engine import reading
from retrieval.ledger.resting import inside
from retrieval.ledger.schema import (
    audience_members,
    chunks,
    documents,
    embeddings,
    facts,
    index_changes,
)
from retrieval.words import Words, unpacked

_BATCH = 500
_FACTS = tuple(documents.c[name] for name in Facts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Found:
    """A chunk with its place in the document, and the document's present audience, contact and facts."""

    chunk: Chunk
    ordinal: int
    audience: str
    contact: str
    facts: Facts = NO_FACTS


def find(engine: Engine, chunk_ids: Sequence[str], scope: Scope) -> dict[str, Found]:
    """Those of the chunks that are alive and inside the scope, by id."""
    query = _alive().where(chunks.c.id.in_(chunk_ids), inside(scope))
    with reading(engine) as connection:
        return {row.id: _found(row) for row in connection.execute(query)}


def between(engine: Engine, uri: str, first: int, last: int, scope: Scope) -> list[Found]:
    """A document's chunks from one place to another, in order."""
    query = (
        _alive()
        .where(chunks.c.uri == uri, chunks.c.ordinal.between(first, last))
        .where(inside(scope))
        .order_by(chunks.c.ordinal)
    )
    with reading(engine) as connection:
        return [_found(row) for row in connection.execute(query)]


def quoted(engine: Engine, chunk_ids: Iterable[str], scope: Scope) -> dict[str, Chunk]:
    """Chunks for quotes in old turns: an older version's too, if its document is still there and in scope."""
    query = (
        select(chunks, documents.c.audience, documents.c.contact)
        .join(documents, documents.c.uri == chunks.c.uri)
        .where(chunks.c.id.in_(list(chunk_ids)), inside(scope))
    )
    with reading(engine) as connection:
        return {row.id: _chunk(row) for row in connection.execute(query)}


def vectors(engine: Engine, chunk_ids: Sequence[str]) -> dict[str, tuple[str, Vectors]]:
    """Audience and vector (dim,) of those chunks that are alive. For indexes, which filter by audience."""
    found = {}
    with reading(engine) as connection:
        for start in range(0, len(chunk_ids), _BATCH):
            query = (
                select(chunks.c.id, documents.c.audience, embeddings.c.vector)
                .join(documents, documents.c.uri == chunks.c.uri)
                .join(embeddings, embeddings.c.digest == chunks.c.embedding)
                .where(chunks.c.id.in_(chunk_ids[start : start + _BATCH]), chunks.c.ordinal.is_not(None))
            )
            for row in connection.execute(query):
                found[row.id] = (row.audience, np.frombuffer(row.vector, dtype="<f4").astype(np.float32))
    return found


def sampled_vectors(engine: Engine, most: int) -> Vectors:
    """Vectors (n, dim) of answerable chunks, for statistics; digests are random, so the first ones are a sample."""
    live = select(chunks.c.embedding).where(chunks.c.ordinal.is_not(None))
    query = select(embeddings.c.vector).where(embeddings.c.digest.in_(live)).order_by(embeddings.c.digest).limit(most)
    with reading(engine) as connection:
        found = [np.frombuffer(vector, dtype="<f4") for vector in connection.execute(query).scalars()]
    return np.array(found, dtype=np.float32)


def uris(engine: Engine, chunk_ids: Iterable[str]) -> dict[str, str]:
    """The document of each of these chunks that is still kept, also of an older version."""
    ids = sorted(chunk_ids)
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for start in range(0, len(ids), _BATCH):
            query = select(chunks.c.id, chunks.c.uri).where(chunks.c.id.in_(ids[start : start + _BATCH]))
            found.update((row.id, row.uri) for row in connection.execute(query))
    return found


def words(engine: Engine, chunk_ids: Sequence[str], scope: Scope) -> dict[str, Words]:
    """The words of those chunks that are alive and inside the scope, with their vectors."""
    query = (
        select(chunks.c.id, embeddings.c.words, embeddings.c.vector)
        .join(documents, documents.c.uri == chunks.c.uri)
        .join(embeddings, embeddings.c.digest == chunks.c.embedding)
        .where(chunks.c.id.in_(chunk_ids), chunks.c.ordinal.is_not(None), inside(scope))
    )
    with reading(engine) as connection:
        return {row.id: unpacked(row.words or b"", len(row.vector) // 4) for row in connection.execute(query)}


def texts(engine: Engine, chunk_ids: Sequence[str]) -> dict[str, tuple[str, Chunk]]:
    """Audience and chunk of those that are alive. For the lexical index."""
    found = {}
    with reading(engine) as connection:
        for start in range(0, len(chunk_ids), _BATCH):
            query = _alive().where(chunks.c.id.in_(chunk_ids[start : start + _BATCH]))
            for row in connection.execute(query):
                found[row.id] = (row.audience, _chunk(row))
    return found


def alive_ids(engine: Engine) -> list[str]:
    """Ids of all chunks that can be found, for a rebuild of an index."""
    with reading(engine) as connection:
        query = select(chunks.c.id).where(chunks.c.ordinal.is_not(None)).order_by(chunks.c.uri, chunks.c.ordinal)
        return list(connection.execute(query).scalars())


def newest_change(engine: Engine) -> int:
    """The sequence number that an index must have applied to be up to date."""
    with reading(engine) as connection:
        return connection.execute(select(func.max(index_changes.c.seq))).scalar() or 0


def changed_since(engine: Engine, seq: int) -> tuple[int, list[str]]:
    """Newest sequence number, and the chunks that changed after `seq`."""
    with reading(engine) as connection:
        query = select(index_changes.c.seq, index_changes.c.chunk_id).where(index_changes.c.seq > seq)
        rows = connection.execute(query.order_by(index_changes.c.seq)).all()
    return (rows[-1].seq if rows else seq), list(dict.fromkeys(row.chunk_id for row in rows))


def audiences_of(engine: Engine, member: str) -> frozenset[str]:
    """The audiences that this e-mail address belongs to, without `everyone`."""
    query = select(audience_members.c.audience).where(audience_members.c.member == member)
    with reading(engine) as connection:
        return frozenset(connection.execute(query).scalars())


def fact(engine: Engine, name: str) -> str | None:
    """One fact about the home, such as `embedder`."""
    with reading(engine) as connection:
        return connection.execute(select(facts.c.value).where(facts.c.name == name)).scalar()


def counts(engine: Engine, scope: Scope | None = None) -> tuple[int, int]:
    """How many documents and chunks are answerable: in scope, without one in all."""
    all_documents = select(func.count()).select_from(documents)
    alive = select(func.count()).select_from(chunks).where(chunks.c.ordinal.is_not(None))
    if scope is not None:
        all_documents = all_documents.where(inside(scope))
        alive = alive.where(chunks.c.uri.in_(select(documents.c.uri).where(inside(scope))))
    with reading(engine) as connection:
        return connection.execute(all_documents).scalar_one(), connection.execute(alive).scalar_one()


def _alive() -> Select[tuple[object, ...]]:
    return (
        select(chunks, documents.c.audience, documents.c.contact, *_FACTS)
        .join(documents, documents.c.uri == chunks.c.uri)
        .where(chunks.c.ordinal.is_not(None))
    )


def _found(row: Row[tuple[object, ...]]) -> Found:
    return Found(_chunk(row), row.ordinal, row.audience, row.contact, facts_of(row))


def _chunk(row: Row[tuple[object, ...]]) -> Chunk:
    anchors = tuple((int(start), str(anchor)) for start, anchor in row.anchors)
    return Chunk(row.id, row.uri, row.title, tuple(row.heading_path), row.text, anchors)


def facts_of(row: Row[Any]) -> Facts:
    """What a row of documents says about itself."""
    stated = (row.effective_from, row.effective_until, tuple(row.supersedes), row.stated_audience)
    return Facts(tuple(row.countries), *stated)
