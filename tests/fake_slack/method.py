"""One method of the Web API: what it needs, and the arguments that a caller sent."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fake_slack.channel import Channel
from tests.fake_slack.tokens import Kind, Token
from tests.fake_slack.wire import JSON, SlackError, bad_arguments
from tests.fake_slack.workspace import Workspace

ANY_TOKEN = ("auth.test", "auth.revoke", "oauth.v2.access")
TRUE = ("1", "true", True, 1)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, with which arguments."""

    workspace: Workspace
    token: Token
    params: JSON
    method: str = ""

    def text(self, name: str, default: str = "") -> str:
        """An argument as text."""
        value = self.params.get(name)
        return default if value is None else str(value)

    def needed(self, name: str) -> str:
        """An argument that must be there."""
        if self.params.get(name) in (None, ""):
            raise bad_arguments(f"missing required field: {name}")
        return str(self.params[name])

    def number(self, name: str, default: int) -> int:
        """An argument as a whole number."""
        try:
            return int(self.params.get(name, default))
        except (TypeError, ValueError):
            raise bad_arguments(f"must be a number: {name}") from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument as yes or no; a form says "1", JSON says true."""
        value = self.params.get(name, default)
        return (value.lower() if isinstance(value, str) else value) in TRUE

    def listed(self, name: str, default: str = "") -> list[str]:
        """An argument of several words: a list, or one text with commas."""
        value = self.params.get(name, default)
        words = value if isinstance(value, list) else str(value or "").split(",")
        return [str(word).strip() for word in words if str(word).strip()]

    def json(self, name: str, code: str = "invalid_arguments") -> Any:
        """An argument that is JSON, or a text that holds JSON."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(code) from None

    def channel(self, name: str = "channel") -> Channel:
        """The channel that is named, if this token's user may know of it."""
        return self.workspace.channel(self.needed(name), self.token.user)


@dataclass(frozen=True, slots=True)
class Method:
    """A method, the scope and the sort of token that it needs, and how often it may be called in a minute."""

    name: str
    run: Callable[[Call], JSON]
    scope: str
    app_token: bool
    per_minute: int

    def check(self, token: Token) -> None:
        """Refuse a token that is not made for this."""
        if self.name not in ANY_TOKEN and self.app_token != (token.kind is Kind.APP):
            raise SlackError("not_allowed_token_type")
        token.require(self.scope)


METHODS: dict[str, Method] = {}
_TIERS = {0: 0, 1: 1, 2: 20, 3: 50, 4: 100}


def method(
    name: str, scope: str = "", *, tier: int = 3, app_token: bool = False
) -> Callable[..., Callable[[Call], JSON]]:
    """Serve this function as a method. Tier 0 has no limit."""

    def keep(run: Callable[[Call], JSON]) -> Callable[[Call], JSON]:
        METHODS[name] = Method(name, run, scope, app_token, _TIERS[tier])
        return run

    return keep
