"""Links for one use: they let somebody choose a password, once and for a short time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, insert, select

from app.identity.sessions import in_utc
from app.identity.tokens import LINK, digest_of, new_token
from app.tables import links
from retrieval.ledger.engine import reading, writing

FIRST_ADMIN = ""  # instead of an address
FOR_FIRST_ADMIN, FOR_INVITED = timedelta(hours=1), timedelta(days=3)


def make(engine: Engine, email: str, lasts: timedelta = FOR_INVITED) -> str:
    """A new link's token; an earlier one for the same person opens nothing any more."""
    token = new_token(LINK)
    row = {"digest": digest_of(token), "email": email, "expires_at": datetime.now(UTC) + lasts}
    with writing(engine) as connection:
        connection.execute(delete(links).where(links.c.email == email))
        connection.execute(insert(links).values(row))
    return token


def look(engine: Engine, token: str, now: datetime | None = None) -> str | None:
    """For whom a link is; None where it was used, has expired or never was."""
    query = select(links).where(links.c.digest == digest_of(token))
    with reading(engine) as connection:
        row = connection.execute(query).first()
    return None if row is None or in_utc(row.expires_at) < (now or datetime.now(UTC)) else row.email


def use(engine: Engine, token: str) -> str | None:
    """The same, and it opens nothing any more: of two at once one gets it."""
    email = look(engine, token)
    with writing(engine) as connection:
        used = connection.execute(delete(links).where(links.c.digest == digest_of(token)))
    return email if used.rowcount else None
