"""Writing documents: one transaction per document makes its new version the answerable one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import BindParameter, Connection, Engine, Row, bindparam, delete, insert, select, update

from retrieval.access import Audience, Scope
from retrieval.chunk import Chunk
from retrieval.concern import Concern
from retrieval.document import NO_FACTS, Facts
from retrieval.errors import Missing
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.resting import inside
from retrieval.ledger.schema import chunks, documents, embeddings, facts, failures, index_changes, rests_on
from retrieval.reading import Reading
from retrieval.words import packed

_BATCH = 500
_PURGE_DUE = "purge_due"
_FACTS = tuple(Facts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A document as the ledger knows it, without its text."""

    uri: str
    source: str
    title: str
    audience: str
    contact: str
    stamp: str
    digest: str
    version: int
    updated_at: datetime
    facts: Facts = NO_FACTS
    concerns: tuple[Concern, ...] = ()


_ENTRY = tuple(name for name in Entry.__dataclass_fields__ if name not in ("facts", "concerns"))
_ENTRIES = select(*(documents.c[name] for name in (*_ENTRY, *_FACTS, "concerns")))


# A first load flips tens of thousands of documents: these are built once.
_OF: BindParameter[str] = bindparam("of")
_STORED = select(chunks.c.id, chunks.c.embedding, chunks.c.ordinal).where(chunks.c.uri == _OF)
_AUDIENCE = select(documents.c.audience).where(documents.c.uri == _OF)
_CONCERNS = select(documents.c.concerns).where(documents.c.uri == _OF)
_FORGET_FAILURE = delete(failures).where(failures.c.uri == _OF)


@dataclass(frozen=True, slots=True)
class Version:
    """A document's new version: its chunks in order, each with the digest of its stored embedding.

    `fleeting`: nothing is kept that older versions said and this one does not say.
    """

    entry: Entry
    chunks: tuple[Chunk, ...]
    embeddings: tuple[str, ...]
    fleeting: bool = False


def entries(engine: Engine, source: str | None = None, scope: Scope | None = None) -> list[Entry]:
    """All documents, or one source's, or those inside a scope, by uri."""
    query = _ENTRIES.order_by(documents.c.uri)
    query = query if scope is None else query.where(inside(scope))
    query = query if source is None else query.where(documents.c.source == source)
    with reading(engine) as connection:
        return [_entry(row) for row in connection.execute(query)]


def entries_at(engine: Engine, uris: Collection[str]) -> dict[str, Entry]:
    """Those of these documents that are there, by uri."""
    with reading(engine) as connection:
        found = connection.execute(_ENTRIES.where(documents.c.uri.in_(list(uris)))) if uris else ()
        return {row.uri: _entry(row) for row in found}


def texts(engine: Engine) -> Iterator[tuple[str, str]]:
    """Each document's uri and answerable text, by uri; without a scope, for whoever keeps the documents."""
    query = select(chunks.c.uri, chunks.c.text).where(chunks.c.ordinal.is_not(None))
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(chunks.c.uri, chunks.c.ordinal).execution_options(yield_per=_BATCH))
        for uri, of_document in groupby(rows, key=lambda row: str(row.uri)):
            yield uri, "\n".join(row.text for row in of_document)


def stored_embeddings(engine: Engine, digests: Iterable[str]) -> set[str]:
    """Which of these embeddings need not be computed again."""
    wanted = sorted(set(digests))
    found: set[str] = set()
    with reading(engine) as connection:
        for start in range(0, len(wanted), _BATCH):
            query = select(embeddings.c.digest).where(embeddings.c.digest.in_(wanted[start : start + _BATCH]))
            found.update(connection.execute(query).scalars())
    return found


def store_embeddings(engine: Engine, digests: Sequence[str], readings: Sequence[Reading]) -> None:
    """Keep new vectors and words, so that an interrupted run does not embed them again."""
    rows = [
        {
            "digest": digest,
            "vector": np.ascontiguousarray(reading.vector, dtype="<f4").tobytes(),
            "words": packed(reading.words),
        }
        for digest, reading in zip(digests, readings, strict=True)
    ]
    with writing(engine) as connection:
        connection.execute(insert(embeddings), rows)


def flip(engine: Engine, version: Version, needed: frozenset[str] = frozenset()) -> None:
    """Make this version the answerable one: chunks, pointer and index changes in one transaction.

    Embeddings that nothing uses any more are forgotten, but for the `needed` ones, which other documents wait for.
    Older versions are forgotten when this one hides what they may show.
    """
    entry = version.entry
    rows = [
        _chunk_row(chunk, ordinal, digest)
        for ordinal, (chunk, digest) in enumerate(zip(version.chunks, version.embeddings, strict=True))
    ]
    with writing(engine) as connection:
        stored = connection.execute(_STORED, {"of": entry.uri}).all()
        before = {row.id: row.embedding for row in stored if row.ordinal is not None}
        hides_more = _hides_more(connection, entry)
        moved = _put_entry(connection, entry)
        _put_chunks(connection, entry.uri, rows, {row.id for row in stored})
        if hides_more:
            _forget_older(connection, entry.uri)
        elif version.fleeting and stored:
            _forget_unsaid(connection, version)
        now = [chunk.id for chunk in version.chunks]
        gone = sorted(before.keys() - set(now))
        _note(connection, gone, "delete")
        _note(connection, [chunk for chunk in now if moved or chunk not in before], "upsert")
        _forget_unused_embeddings(connection, {before[chunk] for chunk in gone} - needed)
        connection.execute(_FORGET_FAILURE, {"of": entry.uri})


def set_audience(engine: Engine, uri: str, audience: Audience) -> None:
    """Change who may read a document, and whom to ask; counts on the next question, embeds nothing."""
    set_audiences(engine, [uri], audience)


def set_audiences(engine: Engine, uris: Sequence[str], audience: Audience) -> None:
    """The same for many documents, in one transaction."""
    with writing(engine) as connection:
        for start in range(0, len(uris), _BATCH):
            part = uris[start : start + _BATCH]
            moved = update(documents).where(documents.c.uri.in_(part))
            connection.execute(moved.values(audience=audience.id, contact=audience.contact))
            alive = select(chunks.c.id).where(chunks.c.uri.in_(part), chunks.c.ordinal.is_not(None))
            _note(connection, connection.execute(alive).scalars().all(), "upsert")


def set_stamp(engine: Engine, stamps: Mapping[str, str]) -> None:
    """Remember that these documents were looked at and have not changed."""
    with writing(engine) as connection:
        for uri, stamp in stamps.items():
            connection.execute(update(documents).where(documents.c.uri == uri).values(stamp=stamp))


def remove(engine: Engine, uri: str) -> int:
    """Delete a document with its text and vectors, older versions too; returns how many chunks went.

    Nobody is shown it from then on. The files may hold it until they are purged, which is noted as due.
    """
    with writing(engine) as connection:
        if connection.execute(select(documents.c.uri).where(documents.c.uri == uri)).first() is None:
            raise Missing(f"No document {uri!r}. `frontdesk documents` lists them")
        _note(connection, _current(connection, uri), "delete")
        digests = set(connection.execute(select(chunks.c.embedding).where(chunks.c.uri == uri)).scalars())
        gone = connection.execute(delete(chunks).where(chunks.c.uri == uri)).rowcount
        connection.execute(delete(documents).where(documents.c.uri == uri))
        for table in (failures, rests_on):
            connection.execute(delete(table).where(table.c.uri == uri))
        _forget_unused_embeddings(connection, digests)
        note_purge_is_due(connection)
        return gone


def purge_is_due(engine: Engine) -> bool:
    """Whether files may still hold what was deleted."""
    return lookup.fact(engine, _PURGE_DUE) is not None


def forget_loose_embeddings(engine: Engine) -> None:
    """Drop the vectors that no document uses; an interrupted run leaves some."""
    used = select(chunks.c.id).where(chunks.c.embedding == embeddings.c.digest, chunks.c.ordinal.is_not(None))
    with writing(engine) as connection:
        connection.execute(delete(embeddings).where(~used.exists()))


def end_purge(engine: Engine) -> None:
    """Note that no file holds it any more; written last."""
    with writing(engine) as connection:
        connection.execute(delete(facts).where(facts.c.name == _PURGE_DUE))


def _entry(row: Row[Any]) -> Entry:
    stated = {name: getattr(row, name) for name in _ENTRY}
    return Entry(**stated, facts=lookup.facts_of(row), concerns=tuple(Concern(**one) for one in row.concerns))


def _current(connection: Connection, uri: str) -> dict[str, str]:
    """The chunks of the answerable version, each with its embedding's digest."""
    query = select(chunks.c.id, chunks.c.embedding).where(chunks.c.uri == uri, chunks.c.ordinal.is_not(None))
    return {row.id: row.embedding for row in connection.execute(query)}


def _put_entry(connection: Connection, entry: Entry) -> bool:
    """Write the document's row; True when its audience changed."""
    values = {name: getattr(entry, name) for name in _ENTRY} | {name: getattr(entry.facts, name) for name in _FACTS}
    values["concerns"] = [asdict(concern) for concern in entry.concerns]
    old = connection.execute(_AUDIENCE, {"of": entry.uri}).scalar()
    if old is None:
        connection.execute(insert(documents), values)
        return False
    connection.execute(update(documents).where(documents.c.uri == entry.uri).values(values))
    return bool(old != entry.audience)


def _put_chunks(
    connection: Connection, uri: str, rows: Sequence[Mapping[str, object]], stored: Collection[str]
) -> None:
    """Let these chunks be the document's, in order; those of older versions that it has no more lose their place."""
    if stored:
        connection.execute(update(chunks).where(chunks.c.uri == uri).values(ordinal=None))
    new = [row for row in rows if row["id"] not in stored]
    for row in rows:
        if row["id"] in stored:
            connection.execute(update(chunks).where(chunks.c.id == row["id"]).values(row))
    if new:
        connection.execute(insert(chunks), new)


def _hides_more(connection: Connection, entry: Entry) -> bool:
    """Whether something is hidden in this version that was not in the one before."""
    if not any(one.hides for one in entry.concerns):
        return False
    stored = connection.execute(_CONCERNS, {"of": entry.uri}).scalar() or []
    before = {concern["kind"]: concern["count"] for concern in stored}
    return any(one.hides and one.count > before.get(one.kind, 0) for one in entry.concerns)


def _forget_older(connection: Connection, uri: str) -> None:
    if connection.execute(delete(chunks).where(chunks.c.uri == uri, chunks.c.ordinal.is_(None))).rowcount:
        note_purge_is_due(connection)


def _forget_unsaid(connection: Connection, version: Version) -> None:
    said = "\n\n".join(chunk.text for chunk in version.chunks)
    query = select(chunks.c.id, chunks.c.text).where(chunks.c.uri == version.entry.uri, chunks.c.ordinal.is_(None))
    unsaid = [row.id for row in connection.execute(query) if any(part not in said for part in row.text.split("\n\n"))]
    if unsaid:
        connection.execute(delete(chunks).where(chunks.c.id.in_(unsaid)))
        note_purge_is_due(connection)


def note_purge_is_due(connection: Connection) -> None:
    """Note inside a transaction that files hold what the ledger does not any more."""
    connection.execute(delete(facts).where(facts.c.name == _PURGE_DUE))
    connection.execute(insert(facts).values(name=_PURGE_DUE, value="yes"))


def _chunk_row(chunk: Chunk, ordinal: int, embedding: str) -> dict[str, object]:
    return {
        "id": chunk.id,
        "uri": chunk.uri,
        "ordinal": ordinal,
        "title": chunk.title,
        "heading_path": list(chunk.heading_path),
        "text": chunk.text,
        "anchors": [list(anchor) for anchor in chunk.anchors],
        "embedding": embedding,
    }


def _note(connection: Connection, chunk_ids: Iterable[str], op: str) -> None:
    rows = [{"chunk_id": chunk, "op": op} for chunk in chunk_ids]
    if rows:
        connection.execute(insert(index_changes), rows)


def _forget_unused_embeddings(connection: Connection, digests: set[str]) -> None:
    for digest in digests:
        used = select(chunks.c.id).where(chunks.c.embedding == digest, chunks.c.ordinal.is_not(None)).limit(1)
        if connection.execute(used).first() is None:
            connection.execute(delete(embeddings).where(embeddings.c.digest == digest))
