"""How far the copy of one workspace is, in the ledger: its channels, its threads, what Slack said is deleted."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Engine, Select, Text, and_, cast, delete, insert, select

from ingest.stated_audience import narrowed
from retrieval.access import Audience
from retrieval.ledger import documents, runs
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import chunks, slack_channels, slack_deleted, slack_threads
from retrieval.ledger.schema import documents as documents_table

_BATCH = 500
_DELETED_FOR = timedelta(days=7)  # longer than Slack takes to tell everybody


@dataclass(frozen=True, slots=True)
class ChannelState:
    """One channel. `newest` and `oldest` are times of messages, as Slack writes them; empty where nothing was read.

    Until a channel `is_whole`, everything between `oldest` and `newest` was read.
    """

    channel: str
    name: str
    audience: str
    members: tuple[str, ...] = ()
    newest: str = ""
    oldest: str = ""
    is_whole: bool = False
    compared_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThreadState:
    """One thread as it was when it was read."""

    root: str
    latest: str
    replies: int
    users: tuple[str, ...]
    stamp: str


class SlackState:
    """The rows of one workspace."""

    def __init__(self, engine: Engine, team: str) -> None:
        self._engine = engine
        self.team = team

    @property
    def location(self) -> str:
        """The source's, whether it is read live or from an export."""
        return f"slack:{self.team}"

    @property
    def source(self) -> str | None:
        """What the source is called in uris; None before it was ingested."""
        return runs.source_names(self._engine).get(self.location)

    def channels(self) -> dict[str, ChannelState]:
        """All channels by id."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(slack_channels).where(slack_channels.c.team == self.team)).all()
        names = [field.name for field in fields(ChannelState)]
        found = [ChannelState(**{name: getattr(row, name) for name in names}) for row in rows]
        return {one.channel: _as_read(one) for one in found}

    def audience(self, channel: str) -> Audience | None:
        """Who may read a channel now; None where it is not known any more."""
        of_channel = (slack_channels.c.team == self.team, slack_channels.c.channel == channel)
        with reading(self._engine) as connection:
            found = connection.execute(select(slack_channels.c.audience).where(*of_channel)).scalar()
        return Audience(found) if found else None

    def put_channel(self, channel: ChannelState) -> None:
        """Write one channel."""
        row = asdict(channel) | {"team": self.team, "members": list(channel.members)}
        of_channel = (slack_channels.c.team == self.team, slack_channels.c.channel == channel.channel)
        with writing(self._engine) as connection:
            connection.execute(delete(slack_channels).where(*of_channel))
            connection.execute(insert(slack_channels).values(row))

    def change_channel(self, channel: str, **values: object) -> None:
        """Write a few fields of a channel that is known; of one that is not, nothing."""
        of_channel = (slack_channels.c.team == self.team, slack_channels.c.channel == channel)
        with writing(self._engine) as connection:
            connection.execute(slack_channels.update().where(*of_channel).values(values))

    def forget_channel(self, channel: str) -> None:
        """Forget a channel and its threads."""
        with writing(self._engine) as connection:
            self._forget_threads(connection, channel)
            connection.execute(
                delete(slack_channels).where(slack_channels.c.team == self.team, slack_channels.c.channel == channel)
            )

    def begin_again(self, channel: str) -> None:
        """Let a channel be read from its beginning, nothing of it taken as known."""
        self.change_channel(channel, newest="", oldest="", is_whole=False, compared_at=None)
        with writing(self._engine) as connection:
            self._forget_threads(connection, channel)

    def threads(self, channel: str, first: str, last: str) -> dict[str, ThreadState]:
        """Its threads that begin between two times, both included."""
        rows = slack_threads.c
        return self._threads(rows.channel == channel, rows.root.between(first, last))

    def active_before(self, channel: str, since: str, first: str) -> list[ThreadState]:
        """Threads that began at `first` or before, and had replies since."""
        rows = slack_threads.c
        found = self._threads(rows.channel == channel, rows.root <= first, rows.latest >= since)
        return list(found.values())

    def threads_of(self, users: Iterable[str]) -> list[tuple[str, str]]:
        """Channel and root of the threads in which one of these people wrote."""
        wanted = set(users)
        query = select(slack_threads.c.channel, slack_threads.c.root, slack_threads.c.users)
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(slack_threads.c.team == self.team)).all() if wanted else []
        return [(row.channel, row.root) for row in rows if wanted.intersection(row.users)]

    def put_threads(self, channel: str, threads: Sequence[ThreadState], gone: Iterable[str] = ()) -> None:
        """Write threads that were stored, and forget those that are gone."""
        rows = [asdict(one) | {"team": self.team, "channel": channel, "users": list(one.users)} for one in threads]
        roots = [*(one.root for one in threads), *gone]
        with writing(self._engine) as connection:
            for start in range(0, len(roots), _BATCH):
                self._forget_threads(connection, channel, roots[start : start + _BATCH])
            if rows:
                connection.execute(insert(slack_threads), rows)

    def note_deleted(self, channel: str, ts: str) -> None:
        """Remember that a message is deleted, for as long as an answer of Slack's might still have it."""
        row = {"team": self.team, "channel": channel, "ts": ts, "at": datetime.now(UTC)}
        old = slack_deleted.c.at < datetime.now(UTC) - _DELETED_FOR
        of_message = (slack_deleted.c.channel == channel, slack_deleted.c.ts == ts)
        with writing(self._engine) as connection:
            connection.execute(delete(slack_deleted).where(slack_deleted.c.team == self.team, old))
            connection.execute(delete(slack_deleted).where(slack_deleted.c.team == self.team, *of_message))
            connection.execute(insert(slack_deleted).values(row))

    def deleted(self, channel: str) -> frozenset[str]:
        """The times of messages of a channel that are deleted."""
        query = select(slack_deleted.c.ts).where(slack_deleted.c.team == self.team, slack_deleted.c.channel == channel)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def documents(self, path: str = "") -> list[documents.Entry]:
        """The documents below a path of the source: a channel's, a thread's with its files, or all."""
        source = self.source
        if source is None:
            return []
        uris = self._uris(select(documents_table.c.uri).where(self._is_below(documents_table.c.uri, path)))
        uris += [f"{source}/{path}"] if path else []
        parts = [uris[start : start + _BATCH] for start in range(0, len(uris), _BATCH)]
        return [entry for part in parts for entry in documents.entries_at(self._engine, part).values()]

    def roots_of(self, channel: str, ts: str) -> list[str]:
        """The first messages of the threads that show the message of this time."""
        shown = cast(chunks.c.anchors, Text).contains(f"message_ts={ts}", autoescape=True)
        query = select(chunks.c.uri).where(self._is_below(chunks.c.uri, channel), shown).distinct()
        return [uri.split("/")[2] for uri in self._uris(query)]

    def threads_with(self, files: Iterable[str]) -> list[tuple[str, str]]:
        """Channel and first message of the threads that have one of these files."""
        found = []
        for file in files:
            of_file = documents_table.c.uri.endswith(f"/{file}", autoescape=True)
            query = select(documents_table.c.uri).where(self._is_below(documents_table.c.uri, ""), of_file)
            parts = [uri.split("/") for uri in self._uris(query)]
            found += [(part[1], part[2]) for part in parts if len(part) == 4]
        return found

    def move(self, path: str, audience: Audience) -> None:
        """Let these people read what stands below a path, and nobody else, from the next question on."""
        moved: dict[Audience, list[str]] = {}
        for entry in self.documents(path):
            moved.setdefault(narrowed(audience, entry.facts.stated_audience), []).append(entry.uri)
        for now, uris in moved.items():
            documents.set_audiences(self._engine, uris, now)

    def remove(self, path: str = "") -> None:
        """Delete what stands below a path, and what is at it."""
        for entry in self.documents(path):
            documents.remove(self._engine, entry.uri)

    def _uris(self, query: Select[Any]) -> list[str]:
        with reading(self._engine) as connection:
            return list(connection.execute(query).scalars())

    def _is_below(self, uri: Column[str], path: str) -> ColumnElement[bool]:
        below = f"{self.source or self.location}/{path}/" if path else f"{self.source or self.location}/"
        return and_(uri >= below, uri.startswith(below, autoescape=True))  # the first part lets the key be used

    def _threads(self, *where: ColumnElement[bool]) -> dict[str, ThreadState]:
        query = select(slack_threads).where(slack_threads.c.team == self.team, *where)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(slack_threads.c.root)).all()
        return {row.root: ThreadState(row.root, row.latest, row.replies, tuple(row.users), row.stamp) for row in rows}

    def _forget_threads(self, connection: Connection, channel: str, roots: Sequence[str] | None = None) -> None:
        gone = delete(slack_threads).where(slack_threads.c.team == self.team, slack_threads.c.channel == channel)
        connection.execute(gone if roots is None else gone.where(slack_threads.c.root.in_(roots)))


def _as_read(channel: ChannelState) -> ChannelState:
    times = _in_utc(channel.compared_at), _in_utc(channel.left_at)
    return replace(channel, members=tuple(channel.members), compared_at=times[0], left_at=times[1])


def _in_utc(moment: datetime | None) -> datetime | None:
    """SQLite gives times back without their zone."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
