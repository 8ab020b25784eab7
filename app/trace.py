"""By what a document is recognised wherever it may be left: its words, its chunks' ids, its vectors."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, Connection, Engine, MetaData, Select, String, select

from app.shingles import Shingle, shingles, written
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks, documents, embeddings

_BATCH = 500
_BEGINS = 64  # bytes of a vector: no other one begins like that


@dataclass(frozen=True, slots=True)
class Trace:
    """What no other document has: `stretches` are runs of words as they are written, `vectors` their first bytes.

    `shared` counts the runs that stand in other documents too, which say nothing.
    """

    stretches: Mapping[Shingle, set[str]]
    chunks: frozenset[str]
    vectors: frozenset[bytes]
    shared: int


def texts_of(engine: Engine, uri: str) -> list[str]:
    """A document's titles, headings and texts, of older versions too."""
    with reading(engine) as connection:
        found = list(connection.execute(select(documents.c.title).where(documents.c.uri == uri)).scalars())
        return found + list(_texts(connection, select(chunks).where(chunks.c.uri == uri)))


def traced(engine: Engine, uri: str) -> Trace:
    """The trace of a document that is there; reads all others to see what they share with it."""
    stretches = written(texts_of(engine, uri))
    shared = standing_elsewhere(engine, stretches.keys(), uri)
    used_elsewhere = select(chunks.c.embedding).where(chunks.c.uri != uri, chunks.c.ordinal.is_not(None))
    vectors = (
        select(embeddings.c.vector)
        .join(chunks, chunks.c.embedding == embeddings.c.digest)
        .where(chunks.c.uri == uri, chunks.c.embedding.not_in(used_elsewhere))
    )
    with reading(engine) as connection:
        ids = frozenset(connection.execute(select(chunks.c.id).where(chunks.c.uri == uri)).scalars())
        begins = frozenset(vector[:_BEGINS] for vector in connection.execute(vectors).scalars())
    telling = frozenset(begin for begin in begins if len(set(begin)) > _BEGINS // 2)  # no row of zeros
    return Trace({run: as_is for run, as_is in stretches.items() if run not in shared}, ids, telling, len(shared))


def standing_elsewhere(engine: Engine, wanted: Iterable[Shingle], uri: str) -> set[Shingle]:
    """Which of these runs stand in a document other than this one."""
    found: set[Shingle] = set()
    left = set(wanted)
    if left:
        with reading(engine) as connection:
            for text in _texts(connection, select(chunks).where(chunks.c.uri != uri)):
                found |= left & shingles(text)
    return found


def columns_with(engine: Engine, trace: Trace) -> tuple[list[str], list[str]]:
    """The names of all columns of all tables that hold text, and of those in which some of the trace is."""
    looked, found = [], []
    tables = MetaData()
    with reading(engine) as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String | JSON):
                    looked.append(str(column))
                    rows = connection.execution_options(yield_per=_BATCH).execute(select(column)).scalars()
                    if any(trace.stretches.keys() & shingles(text) for value in rows for text in strings(value)):
                        found.append(str(column))
    return looked, found


def _texts(connection: Connection, query: Select[Any]) -> Iterator[str]:
    for row in connection.execution_options(yield_per=_BATCH).execute(query):
        yield row.title
        yield from row.heading_path
        yield row.text


def strings(value: object) -> Iterator[str]:
    """The texts in a column's value, which may be JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)
