"""Who is asking, what they may read, and the one place that decides what they may do."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Engine

from app import people
from app.identity import accounts
from retrieval.access import ADMINS, EVERYONE, Scope
from retrieval.errors import Forbidden, Missing
from retrieval.ledger import lookup


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Without an e-mail address: an employee who is in `everyone` only; an outsider is not even in that.

    `country` is where the caller works, as an ISO 3166 alpha-2 code; empty where nobody told. `place` is where the
    answer is read, such as a thread in Slack; empty: by the caller only. `service` is the service speaking for itself.
    `session` is what somebody signed in with; `asks_only` is a program whose key may not do more.
    """

    email: str = ""
    audiences: frozenset[str] = frozenset()
    country: str = ""
    place: str = ""
    service: bool = False
    outsider: bool = False
    session: str = ""
    asks_only: bool = False

    @property
    def scope(self) -> Scope:
        """What this caller may read."""
        return Scope(self.audiences if self.outsider else self.audiences | {EVERYONE})


class Action(Enum):
    """What can be asked of Frontdesk."""

    ASK = "ask"
    READ_DOCUMENTS = "read documents"
    READ_CONVERSATION = "read this conversation"
    CHANGE_CONVERSATION = "change this conversation"
    MANAGE = "manage sources and runs"
    WATCH = "watch how the service does"
    MANAGE_PEOPLE = "manage people, their logins and keys"
    BREAK_GLASS = "read somebody else's conversation for a reason"
    LIST_PEOPLE = "list the people of the demo"
    SERVE_SLACK = "serve Slack"
    SIGN_IN = "sign people in"
    OWN_LOGIN = "change one's own login"
    OWN_KEYS = "list, make and revoke one's own keys"
    OWN_DATA = "delete one's own data"


@dataclass(frozen=True, slots=True)
class Resource:
    """What an action is about; `owner` is an e-mail address or empty, `place` where a conversation goes on.

    `readers` are the addresses of those who may read along there; None where its owner may from anywhere.
    """

    owner: str = ""
    place: str = ""
    readers: frozenset[str] | None = None
    demo: bool = False


NOBODY = Caller()
_OF_OWNERS = {Action.READ_CONVERSATION, Action.CHANGE_CONVERSATION}
_OF_ASKING = {Action.ASK, Action.READ_DOCUMENTS} | _OF_OWNERS


def _is_admin(caller: Caller, _: Resource) -> bool:
    return ADMINS in caller.audiences


def _is_service(caller: Caller, _: Resource) -> bool:
    return caller.service


def _may_watch(caller: Caller, _: Resource) -> bool:
    return caller.service or ADMINS in caller.audiences


def _is_somebody(caller: Caller, _: Resource) -> bool:
    return bool(caller.email) and not caller.outsider


def _is_signed_in(caller: Caller, _: Resource) -> bool:
    return bool(caller.session)


def _is_demo(_: Caller, resource: Resource) -> bool:
    return resource.demo


_ADMINS_ONLY = f"Only members of {ADMINS} may do this"
_SERVICE_ONLY = "Only the service itself may do this, without speaking for somebody"
_SOMEBODY_ONLY = "Only somebody with an e-mail address may do this"
# Who may do what, and what others are told. What is not named here everybody may do who got through the door.
_RULES: dict[Action, tuple[Callable[[Caller, Resource], bool], str]] = {
    Action.MANAGE: (_is_admin, _ADMINS_ONLY),
    Action.MANAGE_PEOPLE: (_is_admin, _ADMINS_ONLY),
    Action.BREAK_GLASS: (_is_admin, _ADMINS_ONLY),
    Action.WATCH: (_may_watch, f"Only members of {ADMINS} and the service itself may do this"),
    Action.LIST_PEOPLE: (_is_demo, "Only the demo lists its people"),
    Action.SERVE_SLACK: (_is_service, _SERVICE_ONLY),
    Action.SIGN_IN: (_is_service, _SERVICE_ONLY),
    Action.OWN_LOGIN: (_is_signed_in, "Only somebody who signed in may do this"),
    Action.OWN_KEYS: (_is_somebody, _SOMEBODY_ONLY),
    Action.OWN_DATA: (_is_somebody, _SOMEBODY_ONLY),
}


def authorize(caller: Caller, action: Action, resource: Resource = Resource()) -> None:
    """Let the action pass or raise.

    Raises:
        Missing: somebody else's conversation, or one at a place that its owner has left; whether it exists is not told.
        Forbidden: anything else that is not allowed.
    """
    is_there = bool(resource.place) and caller.place == resource.place
    has_left = resource.readers is not None and caller.email not in resource.readers
    if action in _OF_OWNERS and (caller.email != resource.owner or has_left) and not is_there:
        raise Missing("There is no such conversation")
    if caller.asks_only and action not in _OF_ASKING:
        raise Forbidden("This key may only ask. Make one with the scope manage for more")
    if action in _RULES:
        is_allowed, otherwise = _RULES[action]
        if not is_allowed(caller, resource):
            raise Forbidden(otherwise)


def caller_for(engine: Engine, email: str | None) -> Caller:
    """The caller with this e-mail address; nobody without one.

    Raises:
        Missing: the address belongs to nobody that was imported.
        Forbidden: this person is suspended.
    """
    if not email:
        return NOBODY
    normal = people.normal(email)
    country = people.country_of(engine, normal)
    if country is None:
        raise Missing(f"Nobody with the address {email!r} is known. Import people with: frontdesk people import FILE")
    if accounts.suspended(engine, [normal]):
        raise Forbidden(f"{normal} is suspended. An admin lets them in again with: frontdesk people resume {normal}")
    return Caller(normal, lookup.audiences_of(engine, normal), country)
