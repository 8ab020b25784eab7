"""Another embedder for a home: every chunk is embedded anew beside what is answerable, then one transaction switches.

The texts come from the ledger; no source is read. New vectors are kept as they are made, so that what is killed goes on
where it was. Until the switch, whoever runs with the former embedder answers from its vectors; afterwards it refuses.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Connection, Text, Update, bindparam, delete, func, insert, update

from app.bootstrap import Home
from app.purge import purge
from retrieval.chunk import Chunk, embedding_digest
from retrieval.errors import Unusable
from retrieval.ledger import documents, lookup
from retrieval.ledger.engine import writing
from retrieval.ledger.schema import chunks, facts, failures
from retrieval.ledger.schema import documents as document_rows

_BATCH = 256  # chunks that are embedded together, and lost together when the process dies
_MARKS = 2  # the embedder's own tokens at both ends
_FORMER = "former_index"  # the fact that names an index nobody has forgotten yet

Watch = Callable[[str, int, int], None]  # is told what is being done, and how many of how many chunks are


@dataclass(frozen=True, slots=True)
class Switched:
    """From which embedder to which one, and of how many chunks how many were embedded now."""

    before: str
    embedder: str
    chunks: int
    embedded: int
    seconds: float


def switch(home: Home, watch: Watch) -> Switched:
    """Let the settings' embedder make every vector of the home anew; where it has, only leftovers are removed.

    Raises:
        Unusable: there are no vectors yet, or some chunks are longer than what this embedder reads.
        LedgerBusy: another run is writing.
    """
    begun = time.monotonic()
    with home.alone():
        before = lookup.fact(home.engine, "embedder")
        if before is None:
            raise Unusable("This home has no vectors yet. Ingest, and its embedder makes them: frontdesk ingest FOLDER")
        _forget_former(home)  # first, as it tells before hours of work whether Milvus can be reached
        embedded = 0
        if before != home.embedder.id:
            digests = _digests(home, watch)
            embedded = _embed(home, digests, watch)
            _flip(home, before, digests)
            home.indexes.rebuild(lambda done, total: watch("Filling the index", done, total))
            _forget_former(home)
        home.indexes.save()
        purge(home.engine, home.indexes, home.index_folder)
        count = lookup.counts(home.engine)[1]
    return Switched(before, home.embedder.id, count, embedded, time.monotonic() - begun)


def _digests(home: Home, watch: Watch) -> dict[str, str]:
    """Every chunk's id with the digest of its coming embedding; refuses where the embedder would not read all of it."""
    embedder, found, longest, over = home.embedder, {}, 0, 0
    for chunk in _all(home, watch):
        found[chunk.id] = embedding_digest(embedder.id, chunk.embedded_text)
        tokens = embedder.tokens(chunk.embedded_text) + _MARKS
        longest, over = max(longest, tokens), over + (tokens > embedder.max_tokens)
    if over:
        raise Unusable(
            f"{over} of {len(found)} chunks are longer than the {embedder.max_tokens} tokens that {embedder.id} reads: "
            f"the longest has {longest}. Choose an embedder that reads as many, or set another FRONTDESK_HOME and "
            "ingest again, which cuts the documents for this one"
        )
    return found


def _all(home: Home, watch: Watch) -> Iterator[Chunk]:
    ids = lookup.alive_ids(home.engine)
    for start in range(0, len(ids), _BATCH):
        for _, chunk in lookup.texts(home.engine, ids[start : start + _BATCH]).values():
            yield chunk
        watch("Measuring", min(start + _BATCH, len(ids)), len(ids))


def _embed(home: Home, digests: Mapping[str, str], watch: Watch) -> int:
    """Store what is missing; returns how many texts were embedded."""
    begun, count = time.monotonic(), 0
    ids, stored = list(digests), documents.stored_embeddings(home.engine, digests.values())
    for start in range(0, len(ids), _BATCH):
        coming = {digests[chunk]: chunk for chunk in ids[start : start + _BATCH] if digests[chunk] not in stored}
        if coming:
            _store(home, coming)
            stored |= coming.keys()
            count += len(coming)
        rate = count / max(1e-9, time.monotonic() - begun)
        watch(f"Embedding, {rate:,.0f} chunks a second", min(start + _BATCH, len(ids)), len(ids))
    return count


def _store(home: Home, coming: Mapping[str, str]) -> None:
    texts = lookup.texts(home.engine, list(coming.values()))
    readings = home.embedder.read([texts[chunk][1].embedded_text for chunk in coming.values()])
    documents.store_embeddings(home.engine, list(coming), readings)


def _flip(home: Home, before: str, digests: Mapping[str, str]) -> None:
    """Make the new vectors the ones that count: everywhere at once, under a new name of the index."""
    former = home.index_folder.name
    of_chunk = update(chunks).where(chunks.c.id == bindparam("chunk")).values(embedding=bindparam("digest"))
    with writing(home.engine) as connection:
        if digests:
            connection.execute(of_chunk, [{"chunk": chunk, "digest": digest} for chunk, digest in digests.items()])
        for column in (document_rows.c.stamp, failures.c.stamp):
            connection.execute(_restamped(column, before, home.embedder.id))
        _put_fact(connection, "embedder", home.embedder.id)
        _put_fact(connection, "ledger", uuid.uuid4().hex)
        _put_fact(connection, _FORMER, former)
        documents.note_purge_is_due(connection)


def _restamped(column: Column[str], before: str, now: str) -> Update:
    """Stamps end with the embedder (ingest/run.py): what was looked at for one was looked at for the other."""
    ending = f":{before}"
    kept = func.substr(column, 1, func.length(column) - len(ending), type_=Text)
    return update(column.table).where(column.endswith(ending, autoescape=True)).values({column.name: kept + f":{now}"})


def _put_fact(connection: Connection, name: str, value: str) -> None:
    connection.execute(delete(facts).where(facts.c.name == name))
    connection.execute(insert(facts).values(name=name, value=value))


def _forget_former(home: Home) -> None:
    home.forget_collections(lookup.fact(home.engine, _FORMER) or "none")
    with writing(home.engine) as connection:
        connection.execute(delete(facts).where(facts.c.name == _FORMER))
