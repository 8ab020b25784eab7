"""The tokens of an app: what each may do and until when."""

from dataclasses import dataclass, field
from enum import Enum

from tests.fake_slack.wire import SlackError

BOT_SCOPES = frozenset(
    [
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "channels:join",
        "chat:write",
        "commands",
        "emoji:read",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
        "canvases:read",
        "lists:read",
        "search:read.public",
        "chat:write.customize",
    ]
)


class Kind(Enum):
    """Whom a token stands for."""

    BOT = "bot"
    USER = "user"
    APP = "app"


@dataclass
class Token:
    """One token. Tests change it to take rights away."""

    value: str
    kind: Kind = Kind.BOT
    user: str = "UBOT"
    team: str = "T1"
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    expires_at: float | None = None
    revoked: bool = False
    active: bool = True

    def require(self, scope: str) -> None:
        """Refuse where the scope was never given."""
        if scope and scope not in self.scopes:
            raise SlackError("missing_scope", needed=scope, provided=",".join(sorted(self.scopes)))


class Tokens:
    """All tokens that were ever given out."""

    def __init__(self, user: str = "UBOT", team: str = "T1") -> None:
        self._tokens: dict[str, Token] = {}
        self.bot = self.add(Token("xoxb-fake", user=user, team=team))
        self.app = self.add(Token("xapp-fake", Kind.APP, user, team, scopes={"connections:write"}))

    def add(self, token: Token) -> Token:
        """Give one out."""
        self._tokens[token.value] = token
        return token

    def find(self, value: str) -> Token | None:
        """The token with this value, good or not."""
        return self._tokens.get(value)

    def good(self, value: str, now: float) -> Token:
        """The token with this value, or the reason why it is none."""
        if not value:
            raise SlackError("not_authed")
        token = self._tokens.get(value)
        if token is None:
            raise SlackError("invalid_auth")
        if token.revoked:
            raise SlackError("token_revoked")
        if not token.active:
            raise SlackError("account_inactive")
        if token.expires_at is not None and token.expires_at <= now:
            raise SlackError("token_expired")
        return token
