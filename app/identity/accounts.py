"""How people prove who they are, and who is shut out. Who they are and what they may read: `app/people.py`."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from app.tables import accounts, api_keys, links, people, sessions
from retrieval.access import ADMINS
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import audience_members


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is known, and how they come in."""

    email: str
    name: str
    password: str
    subject: str
    suspended: bool


def account_of(engine: Engine, email: str) -> Account | None:
    """The account with this address; None for somebody who is not among the people."""
    with reading(engine) as connection:
        return next(iter(_found(connection, email)), None)


def listed(engine: Engine) -> list[Account]:
    """Everybody who is known, by address."""
    with reading(engine) as connection:
        return _found(connection)


def suspended(engine: Engine, emails: Iterable[str]) -> frozenset[str]:
    """Which of these are shut out."""
    query = select(accounts.c.email).where(accounts.c.email.in_(set(emails)), accounts.c.suspended_at.is_not(None))
    with reading(engine) as connection:
        return frozenset(connection.execute(query).scalars())


def owner_of(engine: Engine, subject: str) -> str:
    """The address of whoever came in with this subject of OpenID Connect before; empty for a new one."""
    query = select(accounts.c.email).where(accounts.c.subject == subject)
    with reading(engine) as connection:
        return connection.execute(query).scalar() or ""


def set_password(engine: Engine, email: str, hashed: str) -> None:
    """Give a new password; every session ends, and every link that is still open."""
    with writing(engine) as connection:
        _put(connection, email, password=hashed)
        connection.execute(delete(sessions).where(sessions.c.email == email))
        connection.execute(delete(links).where(links.c.email == email))


def set_subject(engine: Engine, email: str, subject: str) -> None:
    """From now on this subject of OpenID Connect is this person, whatever address it tells later."""
    with writing(engine) as connection:
        _put(connection, email, subject=subject)


def suspend(engine: Engine, email: str) -> None:
    """Shut somebody out: sessions and links end at once, keys are revoked, and coming back does not revive them."""
    with writing(engine) as connection:
        _put(connection, email, suspended_at=datetime.now(UTC))
        _end(connection, email)


def forget(connection: Connection, emails: Iterable[str]) -> None:
    """Whoever comes with one of these addresses later is somebody new: password, sessions, links and keys end.

    Who was shut out stays so.
    """
    for email in emails:
        connection.execute(update(accounts).where(accounts.c.email == email).values(password="", subject=""))
        _end(connection, email)


def resume(engine: Engine, email: str) -> None:
    """Let somebody in again."""
    with writing(engine) as connection:
        _put(connection, email, suspended_at=None)


def has_admin(engine: Engine) -> bool:
    """Whether some admin can come in."""
    query = (
        select(accounts.c.email)
        .join(audience_members, audience_members.c.member == accounts.c.email)
        .where(audience_members.c.audience == ADMINS, accounts.c.suspended_at.is_(None))
        .where((accounts.c.password != "") | (accounts.c.subject != ""))
    )
    with reading(engine) as connection:
        return connection.execute(query).first() is not None


def _end(connection: Connection, email: str) -> None:
    """Sessions and links end, keys are revoked."""
    for table in (sessions, links):
        connection.execute(delete(table).where(table.c.email == email))
    still_valid = (api_keys.c.email == email) & api_keys.c.revoked_at.is_(None)
    connection.execute(update(api_keys).where(still_valid).values(revoked_at=datetime.now(UTC)))


def _found(connection: Connection, email: str = "") -> list[Account]:
    query = select(people.c.email, people.c.name, accounts.c.password, accounts.c.subject, accounts.c.suspended_at)
    query = query.select_from(people.outerjoin(accounts, people.c.email == accounts.c.email)).order_by(people.c.email)
    rows = connection.execute(query.where(people.c.email == email) if email else query)
    return [
        Account(one.email, one.name, one.password or "", one.subject or "", one.suspended_at is not None)
        for one in rows
    ]


def _put(connection: Connection, email: str, **values: str | datetime | None) -> None:
    if connection.execute(update(accounts).where(accounts.c.email == email).values(**values)).rowcount == 0:
        row = {"email": email, "password": "", "subject": "", "suspended_at": None} | values
        connection.execute(insert(accounts).values(**row))
