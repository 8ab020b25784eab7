"""Sessions of people who signed in: they end after a time without use, and at the latest after a month."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select, update

from app.identity.tokens import SESSION, digest_of, new_token
from app.tables import sessions
from retrieval.ledger.engine import reading, writing

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)
_NOTED = timedelta(minutes=1)  # using a session is noted no more often, so that asking writes little


@dataclass(frozen=True, slots=True)
class Session:
    """Whose session it is, and under which digest it is kept."""

    email: str
    digest: str


def begin(engine: Engine, email: str) -> str:
    """A new session; returns its token. It never goes on with one that the browser brought along."""
    token, now = new_token(SESSION), datetime.now(UTC)
    ended = (sessions.c.seen_at < now - IDLE) | (sessions.c.begun_at < now - LONGEST)
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(ended))
        row = {"digest": digest_of(token), "email": email, "begun_at": now, "seen_at": now}
        connection.execute(insert(sessions).values(row))
    return token


def session_of(engine: Engine, token: str, now: datetime | None = None) -> Session | None:
    """The session with this token, which goes on from now; None where it ended or never was."""
    now, digest = now or datetime.now(UTC), digest_of(token)
    with reading(engine) as connection:
        row = connection.execute(select(sessions).where(sessions.c.digest == digest)).first()
    if row is None or in_utc(row.seen_at) + IDLE < now or in_utc(row.begun_at) + LONGEST < now:
        return None
    if in_utc(row.seen_at) + _NOTED < now:
        with writing(engine) as connection:
            connection.execute(update(sessions).where(sessions.c.digest == digest).values(seen_at=now))
    return Session(row.email, digest)


def end(engine: Engine, digest: str) -> None:
    """End one session."""
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(sessions.c.digest == digest))


def end_all(engine: Engine, email: str) -> None:
    """End every session of a person."""
    with writing(engine) as connection:
        connection.execute(delete(sessions).where(sessions.c.email == email))


def in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
