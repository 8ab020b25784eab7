"""Sources, ingestion runs, failures and audience members."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from retrieval.errors import EmbedderMismatch
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import audience_members, facts, failures, runs, sources


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that could not be read, and why."""

    uri: str
    reason: str


def source_names(engine: Engine) -> dict[str, str]:
    """Names of the known sources by location."""
    with reading(engine) as connection:
        return {row.location: row.name for row in connection.execute(select(sources))}


def add_source(engine: Engine, kind: str, location: str, wanted: str) -> str:
    """The source's name: the known one of this location, else the wanted one, numbered when it is taken."""
    known = source_names(engine)
    if location in known:
        return known[location]
    taken = set(known.values())
    name = wanted
    number = 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    with writing(engine) as connection:
        connection.execute(insert(sources).values(name=name, kind=kind, location=location))
    return name


def claim_embedder(engine: Engine, embedder_id: str) -> None:
    """Note which embedder makes this home's vectors; refuse when another one already did."""
    with writing(engine) as connection:
        found = connection.execute(select(facts.c.value).where(facts.c.name == "embedder")).scalar()
        if found is None:
            connection.execute(insert(facts).values(name="embedder", value=embedder_id))
    check_embedder(found, embedder_id)


def check_embedder(found: str | None, embedder_id: str) -> None:
    """Refuse when the home's vectors were made by another embedder."""
    if found not in (None, embedder_id):
        raise EmbedderMismatch(
            f"This home was built with the embedder {found}, the settings name {embedder_id}. Set "
            "FRONTDESK_EMBEDDER back, or set another FRONTDESK_HOME and ingest again"
        )


def start_run(engine: Engine, source: str) -> int:
    """Note that a run began."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        done = connection.execute(insert(runs).values(source=source, started_at=now, counts={}))
        assert done.inserted_primary_key is not None
        return int(done.inserted_primary_key[0])


def end_run(engine: Engine, run: int, counts: Mapping[str, int]) -> None:
    """Note that a run is complete; written last."""
    with writing(engine) as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(ended_at=datetime.now(UTC), counts=dict(counts)))


def note_failure(engine: Engine, run: int, source: str, failure: Failure) -> None:
    """Record an item that could not be read; replaces what an earlier run said of it."""
    with writing(engine) as connection:
        connection.execute(delete(failures).where(failures.c.uri == failure.uri))
        connection.execute(insert(failures).values(uri=failure.uri, source=source, reason=failure.reason, run=run))


def forget_failures(engine: Engine, uris: Iterable[str]) -> None:
    """Drop what was said of items that are readable again or gone."""
    with writing(engine) as connection:
        for uri in uris:
            connection.execute(delete(failures).where(failures.c.uri == uri))


def known_failures(engine: Engine, source: str | None = None) -> list[Failure]:
    """What could not be read, by uri."""
    query = select(failures.c.uri, failures.c.reason).order_by(failures.c.uri)
    if source is not None:
        query = query.where(failures.c.source == source)
    with reading(engine) as connection:
        return [Failure(row.uri, row.reason) for row in connection.execute(query)]


def set_members(engine: Engine, members: Mapping[str, Iterable[str]]) -> None:
    """Replace the members of these audiences; touches no document, chunk or index row."""
    with writing(engine) as connection:
        put_members(connection, members)


def put_members(connection: Connection, members: Mapping[str, Iterable[str]]) -> None:
    """The same inside a transaction."""
    for audience, people in members.items():
        connection.execute(delete(audience_members).where(audience_members.c.audience == audience))
        rows = [{"audience": audience, "member": person} for person in sorted(set(people))]
        if rows:
            connection.execute(insert(audience_members), rows)


def audiences(connection: Connection) -> list[str]:
    """The audiences that have members."""
    return list(connection.execute(select(audience_members.c.audience).distinct()).scalars())
