"""API keys: for programs of a person, with a scope and an end."""

import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast, get_args

from sqlalchemy import Engine, Row, insert, select, update

from app.identity.sessions import in_utc
from app.identity.tokens import KEY, digest_of, new_token
from app.tables import api_keys
from retrieval.errors import Missing, QuestionRefused
from retrieval.ledger.engine import reading, writing

KeyScope = Literal["ask", "manage"]
LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a person. `scope` is ask, or manage for what admins do."""

    id: str
    email: str
    name: str
    scope: KeyScope
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None

    def stands(self, now: datetime) -> str:
        """Valid, expired or revoked."""
        if self.revoked_at:
            return "revoked"
        return "valid" if now < self.expires_at else "expired"


def create(engine: Engine, email: str, name: str, scope: str, days: int) -> tuple[ApiKey, str]:
    """A new key and its token, which is shown this once.

    Raises:
        QuestionRefused: an unknown scope, or a time that is too long.
    """
    if scope not in get_args(KeyScope):
        raise QuestionRefused(f"A key's scope is {' or '.join(get_args(KeyScope))}, not {scope!r}")
    if not 1 <= days <= LONGEST_DAYS:
        raise QuestionRefused(f"A key lasts 1 to {LONGEST_DAYS} days, not {days}")
    token, now = new_token(KEY), datetime.now(UTC)
    key = ApiKey(
        secrets.token_hex(4), email, name.strip() or "key", cast(KeyScope, scope), now, now + timedelta(days), None
    )
    with writing(engine) as connection:
        connection.execute(insert(api_keys).values(digest=digest_of(token), **asdict(key)))
    return key, token


def valid(engine: Engine, token: str, now: datetime | None = None) -> ApiKey | None:
    """The key with this token; None where it is revoked, has expired or never was."""
    with reading(engine) as connection:
        row = connection.execute(select(api_keys).where(api_keys.c.digest == digest_of(token))).first()
    key = _key(row) if row else None
    return key if key and key.stands(now or datetime.now(UTC)) == "valid" else None


def listed(engine: Engine, email: str = "") -> list[ApiKey]:
    """A person's keys, or everybody's, newest first."""
    query = select(api_keys).order_by(api_keys.c.created_at.desc())
    with reading(engine) as connection:
        return [_key(row) for row in connection.execute(query.where(api_keys.c.email == email) if email else query)]


def one(engine: Engine, key: str) -> ApiKey:
    """The key with this id.

    Raises:
        Missing: there is none.
    """
    found = next((each for each in listed(engine) if each.id == key), None)
    if found is None:
        raise Missing(f"There is no key {key!r}. See: frontdesk keys list")
    return found


def revoke(engine: Engine, key: str) -> None:
    """Let a key open nothing from now on."""
    is_open = (api_keys.c.id == key) & api_keys.c.revoked_at.is_(None)
    with writing(engine) as connection:
        connection.execute(update(api_keys).where(is_open).values(revoked_at=datetime.now(UTC)))


def _key(row: Row[tuple[object, ...]]) -> ApiKey:
    revoked = in_utc(row.revoked_at) if row.revoked_at else None
    return ApiKey(row.id, row.email, row.name, row.scope, in_utc(row.created_at), in_utc(row.expires_at), revoked)
