"""Who is asking, what they may read, and the one place that decides what they may do."""

from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Engine

from app import people
from retrieval.access import ADMINS, EVERYONE, Scope
from retrieval.errors import Forbidden, Missing
from retrieval.ledger import lookup


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Without an e-mail address: an employee who is in `everyone` only; an outsider is not even in that.

    `country` is where the caller works, as an ISO 3166 alpha-2 code; empty where nobody told. `place` is where the
    answer is read, such as a thread in Slack; empty: by the caller only. `service` is the service speaking for itself.
    """

    email: str = ""
    audiences: frozenset[str] = frozenset()
    country: str = ""
    place: str = ""
    service: bool = False
    outsider: bool = False

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
    LIST_PEOPLE = "list the people of the demo"
    SERVE_SLACK = "serve Slack"


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
    if action is Action.MANAGE and ADMINS not in caller.audiences:
        raise Forbidden(f"Only members of {ADMINS} may do this")
    if action is Action.WATCH and not (caller.service or ADMINS in caller.audiences):
        raise Forbidden(f"Only members of {ADMINS} and the service itself may do this")
    if action is Action.LIST_PEOPLE and not resource.demo:
        raise Forbidden("Only the demo lists its people")
    if action is Action.SERVE_SLACK and not caller.service:
        raise Forbidden("Only the service itself may do this, without speaking for somebody")


def caller_for(engine: Engine, email: str | None) -> Caller:
    """The caller with this e-mail address; nobody without one.

    Raises:
        Missing: the address belongs to nobody that was imported.
    """
    if not email:
        return NOBODY
    normal = people.normal(email)
    country = people.country_of(engine, normal)
    if country is None:
        raise Missing(f"Nobody with the address {email!r} is known. Import people with: frontdesk people import FILE")
    return Caller(normal, lookup.audiences_of(engine, normal), country)
