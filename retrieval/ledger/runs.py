"""Sources, ingestion runs, failures and audience members."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from retrieval.errors import EmbedderMismatch, Missing, Unusable
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import audience_members, facts, failures, runs, sources


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that could not be read, and why."""

    uri: str
    reason: str
    stamp: str = ""


class Wish(Enum):
    """What somebody wants of a run that goes on."""

    NONE = ""
    PAUSE = "pause"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class SourceEntry:
    """A source as it is known. `options` are those of its last run; every 0 minutes: only by hand.

    `training` is what an admin said of learning from it, None where nobody said anything.
    """

    name: str
    kind: str
    location: str
    path: str
    options: Mapping[str, object] = field(default_factory=dict)
    every_minutes: int = 0
    training: bool | None = None

    @property
    def may_train(self) -> bool:
        """Whether a model may learn from it: what people wrote in Slack only where an admin says so."""
        return not self.kind.startswith("slack") if self.training is None else self.training


@dataclass(frozen=True, slots=True)
class Run:
    """An ingestion run. `state`: running, done, paused, cancelled, failed or interrupted."""

    id: int
    source: str
    state: str
    started_at: datetime
    seen_at: datetime | None
    ended_at: datetime | None
    total: int
    counts: Mapping[str, int]
    remarks: Sequence[str] = ()  # what the source said of itself as a whole

    @property
    def done(self) -> int:
        """Documents that have been dealt with."""
        return sum(self.counts.get(name, 0) for name in ("added", "updated", "unchanged", "failed"))

    @property
    def seconds_left(self) -> float | None:
        """At the rate so far; None when nothing can be said yet, or there is nothing left."""
        if self.state != "running" or not self.done or self.seen_at is None:
            return None
        return (self.total - self.done) * (self.seen_at - self.started_at).total_seconds() / self.done


def source_names(engine: Engine) -> dict[str, str]:
    """Names of the known sources by location."""
    with reading(engine) as connection:
        return {row.location: row.name for row in connection.execute(select(sources))}


def add_source(engine: Engine, kind: str, location: str, wanted: str) -> str:
    """The source's name: the known one of this location, else the wanted one, numbered when it is taken."""
    known = source_names(engine)
    if location in known:
        with writing(engine) as connection:  # a workspace is read live after its export was
            connection.execute(update(sources).where(sources.c.location == location).values(kind=kind))
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
            "FRONTDESK_EMBEDDER back, or let the other one make all vectors anew: frontdesk index embedder"
        )


def start_run(engine: Engine, source: str) -> int:
    """Note that a run began; the caller is the only writer, so an earlier one without an end was interrupted."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        connection.execute(update(runs).where(runs.c.state == "running").values(state="interrupted"))
        done = connection.execute(insert(runs).values(source=source, started_at=now, counts={}, state="running"))
        assert done.inserted_primary_key is not None
        return int(done.inserted_primary_key[0])


def note_progress(engine: Engine, run: int, counts: Mapping[str, int], total: int) -> Wish:
    """Note how far a run is; returns what somebody wants of it."""
    values = {"counts": dict(counts), "total": total, "seen_at": datetime.now(UTC)}
    with writing(engine) as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(values))
        return Wish(connection.execute(select(runs.c.wish).where(runs.c.id == run)).scalar_one())


def wish(engine: Engine, run: int, wanted: Wish) -> None:
    """Ask a run that goes on to pause or to be cancelled; it does so within a few documents."""
    with writing(engine) as connection:
        state = connection.execute(select(runs.c.state).where(runs.c.id == run)).scalar()
        if state is None:
            raise Missing(f"There is no run {run}. `frontdesk runs` lists them")
        if state != "running":
            raise Unusable(f"Run {run} is not running any more, it is {state}")
        connection.execute(update(runs).where(runs.c.id == run).values(wish=wanted.value))


def end_run(
    engine: Engine, run: int, counts: Mapping[str, int], state: str = "done", remarks: Sequence[str] = ()
) -> None:
    """Note that a run is over; written last."""
    values = {"ended_at": datetime.now(UTC), "counts": dict(counts), "state": state, "remarks": list(remarks)}
    with writing(engine) as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(values))


def listed_runs(engine: Engine, most: int = 50) -> list[Run]:
    """The newest runs, newest first."""
    with reading(engine) as connection:
        return [_run(row) for row in connection.execute(select(runs).order_by(runs.c.id.desc()).limit(most))]


def run_of(engine: Engine, run: int) -> Run:
    """One run."""
    with reading(engine) as connection:
        row = connection.execute(select(runs).where(runs.c.id == run)).first()
    if row is None:
        raise Missing(f"There is no run {run}. `frontdesk runs` lists them")
    return _run(row)


def remember_source(engine: Engine, location: str, path: str, options: Mapping[str, object]) -> None:
    """Keep how a source was ingested, so that it can be ingested again by its name."""
    with writing(engine) as connection:
        known = update(sources).where(sources.c.location == location)
        connection.execute(known.values(path=path, options=dict(options)))


def schedule(engine: Engine, source: str, every_minutes: int) -> None:
    """Let the server ingest a source every so many minutes; 0: no more."""
    with writing(engine) as connection:
        done = connection.execute(update(sources).where(sources.c.name == source).values(every_minutes=every_minutes))
        if not done.rowcount:
            raise Missing(f"There is no source {source!r}. `frontdesk sources` lists them")


def allow_training(engine: Engine, source: str, *, allowed: bool) -> None:
    """Let models learn from a source, or not."""
    with writing(engine) as connection:
        done = connection.execute(update(sources).where(sources.c.name == source).values(training=allowed))
        if not done.rowcount:
            raise Missing(f"There is no source {source!r}. `frontdesk sources` lists them")


def listed_sources(engine: Engine) -> list[SourceEntry]:
    """All sources, by name."""
    with reading(engine) as connection:
        rows = connection.execute(select(sources).order_by(sources.c.name)).all()
    return [
        SourceEntry(row.name, row.kind, row.location, row.path, dict(row.options), row.every_minutes, row.training)
        for row in rows
    ]


def source_of(engine: Engine, name: str) -> SourceEntry:
    """One source by its name."""
    for source in listed_sources(engine):
        if source.name == name:
            return source
    raise Missing(f"There is no source {name!r}. `frontdesk sources` lists them")


def _run(row: Row[Any]) -> Run:
    times = [_in_utc(moment) for moment in (row.started_at, row.seen_at, row.ended_at)]
    started, seen, ended = times
    assert started is not None
    return Run(row.id, row.source, row.state, started, seen, ended, row.total, dict(row.counts), tuple(row.remarks))


def _in_utc(moment: datetime | None) -> datetime | None:
    """SQLite gives times back without their zone."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def note_failure(engine: Engine, run: int, source: str, failure: Failure) -> None:
    """Record an item that could not be read; replaces what an earlier run said of it."""
    with writing(engine) as connection:
        connection.execute(delete(failures).where(failures.c.uri == failure.uri))
        values = {"uri": failure.uri, "source": source, "reason": failure.reason, "run": run, "stamp": failure.stamp}
        connection.execute(insert(failures).values(values))


def forget_failures(engine: Engine, uris: Iterable[str]) -> None:
    """Drop what was said of items that are readable again or gone."""
    with writing(engine) as connection:
        for uri in uris:
            connection.execute(delete(failures).where(failures.c.uri == uri))


def known_failures(engine: Engine, source: str | None = None) -> list[Failure]:
    """What could not be read, by uri."""
    query = select(failures.c.uri, failures.c.reason, failures.c.stamp).order_by(failures.c.uri)
    if source is not None:
        query = query.where(failures.c.source == source)
    with reading(engine) as connection:
        return [Failure(row.uri, row.reason, row.stamp) for row in connection.execute(query)]


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


def join(connection: Connection, member: str, audiences: Iterable[str]) -> None:
    """Make somebody a member of these audiences too."""
    is_theirs = audience_members.c.member == member
    known = set(connection.execute(select(audience_members.c.audience).where(is_theirs)).scalars())
    rows = [{"audience": audience, "member": member} for audience in sorted(set(audiences) - known)]
    if rows:
        connection.execute(insert(audience_members), rows)


def leave(connection: Connection, member: str, beginning: str) -> None:
    """Make somebody a member of no audience that begins like this."""
    begins = audience_members.c.audience.startswith(beginning, autoescape=True)
    connection.execute(delete(audience_members).where(audience_members.c.member == member, begins))


def audiences(connection: Connection) -> list[str]:
    """The audiences that have members."""
    return list(connection.execute(select(audience_members.c.audience).distinct()).scalars())
