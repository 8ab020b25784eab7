"""Audiences and scopes: who may read a document, and what one search may see.

A document has exactly one audience id. Who belongs to it is a ledger table read at question time.
"""

import re
from dataclasses import dataclass

EVERYONE = "everyone"
ADMINS = "group:admins"
_AUDIENCE = re.compile(r"everyone|(group|slack):[^\s,;]+")


def audience_id(value: object) -> str:
    """Return `value` if it is an audience id: `everyone`, `group:NAME` or `slack:TEAM/CHANNEL`."""
    if not isinstance(value, str) or not _AUDIENCE.fullmatch(value):
        raise ValueError(f"an audience is everyone, group:NAME or slack:TEAM/CHANNEL, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may read a document, and whom to ask about it."""

    id: str = EVERYONE
    contact: str = ""

    def __post_init__(self) -> None:
        audience_id(self.id)


@dataclass(frozen=True, slots=True)
class Scope:
    """The audience ids that one search may see. An empty scope sees nothing."""

    audiences: frozenset[str]

    def __contains__(self, audience: str) -> bool:
        return audience in self.audiences


PUBLIC = Scope(frozenset({EVERYONE}))
