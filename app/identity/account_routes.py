"""The server's routes for admins who look after people's logins, for keys, and for what is noted about both."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from app import people
from app.access import Action, Caller, authorize
from app.bootstrap import Home
from app.callers import Asking, Serving
from app.identity import accounts, audit, keys, own_data, sign_in
from app.people import Person
from retrieval.access import ADMINS
from retrieval.errors import Missing, QuestionRefused


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewAccount(_Body):
    """Somebody to let in."""

    email: str = Field(max_length=254)
    name: str = Field(default="", max_length=200)
    groups: list[str] = []


class NewKey(_Body):
    """A key to make; without an address it is the caller's own."""

    name: str = Field(default="", max_length=200)
    scope: str = "ask"
    days: int = 90


class Reason(_Body):
    """Why somebody else's conversation must be read."""

    reason: str = Field(max_length=1000)


def listed(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Everybody who is known, with how they come in."""
    authorize(caller, Action.MANAGE_PEOPLE)
    return [
        {
            "email": one.email,
            "name": one.name,
            "suspended": one.suspended,
            "signs_in": bool(one.password or one.subject),
        }
        for one in accounts.listed(home.engine)
    ]


def invite(body: NewAccount, home: Serving, caller: Asking) -> JSONResponse:
    """Make somebody known; with local logins the answer holds the link to give them."""
    authorize(caller, Action.MANAGE_PEOPLE)
    email = people.normal(body.email)
    people.add(home.engine, Person(email, body.name.strip(), tuple(body.groups), ""))
    audit.note(home.engine, caller.email, "invited", email)
    return JSONResponse({"link": _link(home, email)}, status_code=201)


def new_link(email: str, home: Serving, caller: Asking) -> dict[str, str]:
    """A link with which somebody chooses a new password; the present one stays until then."""
    authorize(caller, Action.MANAGE_PEOPLE)
    link = _link(home, people.normal(email))
    audit.note(home.engine, caller.email, "made a password link", people.normal(email))
    return {"link": link}


def suspend(email: str, home: Serving, caller: Asking) -> Response:
    """Shut somebody out, everywhere and at once."""
    authorize(caller, Action.MANAGE_PEOPLE)
    if people.normal(email) == caller.email:
        raise QuestionRefused("Another admin must do this: you would shut yourself out")
    accounts.suspend(home.engine, _known(home, email))
    audit.note(home.engine, caller.email, "suspended", people.normal(email))
    return Response(status_code=204)


def resume(email: str, home: Serving, caller: Asking) -> Response:
    """Let somebody in again."""
    authorize(caller, Action.MANAGE_PEOPLE)
    accounts.resume(home.engine, _known(home, email))
    audit.note(home.engine, caller.email, "let in again", people.normal(email))
    return Response(status_code=204)


def listed_keys(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """The caller's keys; an admin sees everybody's."""
    authorize(caller, Action.OWN_KEYS)
    whose = "" if ADMINS in caller.audiences else caller.email
    now = datetime.now(UTC)
    return [{**asdict(one), "stands": one.stands(now)} for one in keys.listed(home.engine, whose)]


def make_key(body: NewKey, home: Serving, caller: Asking) -> JSONResponse:
    """A new key of the caller; its token is told this once."""
    authorize(caller, Action.OWN_KEYS)
    if body.scope == "manage":
        authorize(caller, Action.MANAGE)
    key, token = keys.create(home.engine, caller.email, body.name, body.scope, body.days)
    audit.note(home.engine, caller.email, f"made a key ({key.scope})", key.id)
    return JSONResponse({"id": key.id, "key": token, "expires": key.expires_at.isoformat()}, status_code=201)


def revoke_key(key: str, home: Serving, caller: Asking) -> Response:
    """Let a key open nothing any more: one's own, or as an admin anybody's."""
    authorize(caller, Action.OWN_KEYS)
    if keys.one(home.engine, key).email != caller.email and not _manages(caller):
        raise Missing(f"There is no key {key!r}")
    keys.revoke(home.engine, key)
    audit.note(home.engine, caller.email, "revoked a key", key)
    return Response(status_code=204)


def listed_audit(home: Serving, caller: Asking, limit: int = 100) -> list[dict[str, Any]]:
    """What admins did, newest first."""
    authorize(caller, Action.MANAGE_PEOPLE)
    return [asdict(one) for one in audit.listed(home.engine, min(max(limit, 1), 1000))]


def delete_own_data(home: Serving, caller: Asking) -> dict[str, int]:
    """Delete the caller's conversations and feedback."""
    return {"conversations": own_data.forget_all(home.engine, caller)}


def seen_by_others(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """What admins did to the caller's login, and which conversations they read, with the reason."""
    authorize(caller, Action.OWN_DATA)
    return [asdict(one) for one in audit.listed(home.engine, on=caller.email)]


def read_for_a_reason(conversation: str, body: Reason, home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Somebody else's conversation; who reads it, when and why is written down for its owner."""
    return [asdict(said) for said in own_data.break_glass(home.engine, caller, conversation, body.reason)]


def _known(home: Home, email: str) -> str:
    account = accounts.account_of(home.engine, people.normal(email))
    if account is None:
        raise Missing(f"Nobody with the address {email!r} is known")
    return account.email


def _link(home: Home, email: str) -> str:
    """Where passwords are used, the address at which this person chooses one."""
    if home.settings.login != "local":
        return ""
    return sign_in.link_for(home.engine, home.settings.page_address, email)


def _manages(caller: Caller) -> bool:
    return ADMINS in caller.audiences


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/accounts", "GET", listed),
    ("/api/accounts", "POST", invite),
    ("/api/accounts/{email}/link", "POST", new_link),
    ("/api/accounts/{email}/suspended", "PUT", suspend),
    ("/api/accounts/{email}/suspended", "DELETE", resume),
    ("/api/keys", "GET", listed_keys),
    ("/api/keys", "POST", make_key),
    ("/api/keys/{key}", "DELETE", revoke_key),
    ("/api/audit", "GET", listed_audit),
    ("/api/me/data", "DELETE", delete_own_data),
    ("/api/me/audit", "GET", seen_by_others),
    ("/api/conversations/{conversation}/break-glass", "POST", read_for_a_reason),
]
