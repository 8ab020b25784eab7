"""The inbox of raw Slack events: stored before they are acknowledged, passed once by each consumer, forgotten in time.

On PostgreSQL several servers may store at once; they take turns, so that no consumer passes a number that is still to
come.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from sqlalchemy import Connection, Engine, Text, cast, delete, func, insert, select, update

from app.slack_client import Consumer, InboxEvent
from app.tables import slack_cursors, slack_events
from retrieval.ledger import runs
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import facts

KEPT = timedelta(days=7)  # after both consumers passed an event
_THREAD = re.compile(r"[^/]+/([^/]+)/(\d+\.\d+)")
_TEAM = re.compile(r"slack:([^/]+)")
# What is kept of a message whose words are to go: consumers still learn what happened where.
_PLAIN = frozenset({"type", "subtype", "hidden", "channel", "channel_type", "team", "user", "bot_id"})
_WORDS = frozenset({"text", "blocks", "attachments", "files"})
_TIMES = frozenset({"ts", "thread_ts", "event_ts", "deleted_ts", "parent_user_id"})


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event as Slack sent it; `id` is Slack's own."""

    id: str
    team: str
    type: str
    body: Mapping[str, Any]


@contextmanager
def in_turn(engine: Engine) -> Iterator[Connection]:
    """Change the ledger while no other server is in such a turn."""
    with writing(engine) as connection:
        connection.execute(select(facts.c.value).where(facts.c.name == "ledger").with_for_update())
        yield connection


def store(engine: Engine, event: NewEvent) -> bool:
    """Keep an event; whether it is a new one."""
    with in_turn(engine) as connection:
        if connection.execute(select(slack_events.c.seq).where(slack_events.c.id == event.id)).first():
            return False
        row = {"id": event.id, "team": event.team, "type": event.type, "body": event.body}
        connection.execute(insert(slack_events).values(**row, received_at=datetime.now(UTC)))
        return True


def waiting(engine: Engine, consumer: Consumer, limit: int) -> list[InboxEvent]:
    """What the consumer has not passed yet, oldest first."""
    with reading(engine) as connection:
        query = select(slack_events).where(slack_events.c.seq > _passed(connection, consumer))
        rows = connection.execute(query.order_by(slack_events.c.seq).limit(limit))
        return [InboxEvent(row.seq, row.id, row.type, row.body) for row in rows]


def advance(engine: Engine, consumer: Consumer, seq: int) -> None:
    """The consumer is done with everything up to here; it never goes back."""
    with in_turn(engine) as connection:
        if seq > _passed(connection, consumer):
            connection.execute(delete(slack_cursors).where(slack_cursors.c.consumer == consumer))
            connection.execute(insert(slack_cursors).values(consumer=consumer, seq=seq))
        passed = min(_passed(connection, one) for one in get_args(Consumer))
        old = slack_events.c.received_at < datetime.now(UTC) - KEPT
        connection.execute(delete(slack_events).where(slack_events.c.seq <= passed, old))


def forget(engine: Engine, team: str, channel: str, ts: str) -> int:
    """Take the words of a message out of the inbox, wherever an event repeats them; returns how many events had some.

    The events stay, without the words: a consumer still learns that the message was deleted.
    """
    return _without(engine, team, channel, ts, lambda found: found.get("ts") == ts)


def forget_thread(engine: Engine, team: str, channel: str, root: str) -> int:
    """The same for every message of a thread."""
    return _without(engine, team, channel, root, lambda found: root in (found.get("ts"), found.get("thread_ts")))


def forget_document(engine: Engine, uri: str) -> int:
    """The same for a document, if it is a thread of Slack."""
    thread = _THREAD.fullmatch(uri)
    source = next((one for one in runs.listed_sources(engine) if one.name == uri.partition("/")[0]), None)
    team = _TEAM.fullmatch(source.location) if source else None
    return forget_thread(engine, team.group(1), *thread.groups()) if team and thread else 0


def _passed(connection: Connection, consumer: Consumer) -> int:
    query = select(func.max(slack_cursors.c.seq)).where(slack_cursors.c.consumer == consumer)
    return connection.execute(query).scalar() or 0


def _without(engine: Engine, team: str, channel: str, ts: str, is_it: Callable[[Mapping[str, Any]], bool]) -> int:
    text = cast(slack_events.c.body, Text)
    maybe = select(slack_events.c.seq, slack_events.c.body).where(
        slack_events.c.team == team,
        text.contains(ts, autoescape=True),
        text.contains(channel, autoescape=True),
    )
    changed = 0
    with in_turn(engine) as connection:
        for row in connection.execute(maybe).all():
            body = _redacted(row.body, is_it)
            if body != row.body:
                connection.execute(update(slack_events).where(slack_events.c.seq == row.seq).values(body=body))
                changed += 1
    return changed


def _redacted(value: Any, is_it: Callable[[Mapping[str, Any]], bool]) -> Any:
    """The same value, with the message it is about reduced to where and when it was."""
    if isinstance(value, list):
        return [_redacted(one, is_it) for one in value]
    if not isinstance(value, dict):
        return value
    if is_it(value) and _WORDS & value.keys():
        kept = {name: one for name, one in value.items() if name in _PLAIN | _TIMES}
        return kept | {"text": ""}
    return {name: _redacted(one, is_it) for name, one in value.items()}
