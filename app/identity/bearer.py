"""Whom a bearer token stands for: the machine's own service, somebody who signed in, or a program of somebody."""

import secrets
from dataclasses import dataclass

from sqlalchemy import Engine

from app.identity import accounts, keys, sessions
from app.identity.tokens import KEY, SESSION


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who brought a valid token. `session` is its digest where it is a session's."""

    email: str = ""
    service: bool = False
    session: str = ""
    manages: bool = True


def bearer_of(engine: Engine, service_key: bytes, token: str) -> Bearer | None:
    """Who brings this token; None for one that opens nothing, and for somebody who is suspended or known no more."""
    if secrets.compare_digest(token.encode(), service_key):
        return Bearer(service=True)
    found = None
    if token.startswith(SESSION):
        session = sessions.session_of(engine, token)
        found = Bearer(session.email, session=session.digest) if session else None
    elif token.startswith(KEY):
        key = keys.valid(engine, token)
        found = Bearer(key.email, manages=key.scope == "manage") if key else None
    account = accounts.account_of(engine, found.email) if found else None
    return found if account and not account.suspended else None
