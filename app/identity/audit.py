"""What admins did: who, when, what, on what. Never what was asked or answered."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select

from app.identity.sessions import in_utc
from app.tables import audit
from retrieval.ledger.engine import reading, writing

TERMINAL = "terminal"  # who has a terminal on the machine needs no login


@dataclass(frozen=True, slots=True)
class Entry:
    """One action; `who` is an e-mail address or `terminal`, `on` an address, a key, a conversation."""

    at: datetime
    who: str
    what: str
    on: str
    reason: str


def note(engine: Engine, who: str, what: str, on: str, reason: str = "") -> None:
    """Write an action down."""
    row = {"at": datetime.now(UTC), "who": who, "what": what, "on": on, "reason": reason}
    with writing(engine) as connection:
        connection.execute(insert(audit).values(**row))


def listed(engine: Engine, limit: int = 100, on: str = "") -> list[Entry]:
    """The last actions, newest first; `on` only those on this one."""
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    if on:
        query = query.where(audit.c.on == on)
    with reading(engine) as connection:
        return [Entry(in_utc(one.at), one.who, one.what, one.on, one.reason) for one in connection.execute(query)]
