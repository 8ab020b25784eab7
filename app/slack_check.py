"""Looking at the Slack app: its tokens, its scopes, its events, the channels it is in. Says exactly what is missing."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy import Engine, select

from app.bootstrap import Home
from app.doctor import Check
from app.processes import refuse_without_tokens
from app.settings import Settings
from app.tables import slack_events
from retrieval.errors import FrontdeskError, Unusable
from retrieval.ledger.engine import reading

SCOPES: Mapping[str, str] = {
    "app_mentions:read": "to hear when it is mentioned",
    "assistant:write": "to show that it is searching",
    "channels:history": "to follow threads in public channels",
    "channels:read": "to know public channels",
    "chat:write": "to answer",
    "commands": "for /ask and the shortcut",
    "files:read": "to read files in channels",
    "groups:history": "to follow threads in private channels",
    "groups:read": "to know who is in private channels",
    "im:history": "to read direct messages to it",
    "im:read": "to know direct messages to it",
    "im:write": "to tell somebody something directly",
    "mpim:history": "to follow threads in group messages",
    "mpim:read": "to know who is in group messages",
    "team:read": "to know the workspace",
    "usergroups:read": "to know groups of users",
    "users:read": "to tell employees from guests",
    "users:read.email": "to know what somebody may read",
}
EVENTS = ("app_mention", "message", "app_home_opened", "agent_session_stopped", "member_joined_channel", "user_change")
_SECONDS = 15
_APP = "https://api.slack.com/apps"
_SECRET_LENGTH = 32


def examine(settings: Settings) -> list[Check]:
    """Look at everything; a check that fails does not stop the others.

    Raises:
        Unusable: no tokens are set.
    """
    refuse_without_tokens(settings)
    token, silent = settings.slack_bot_token.get_secret_value(), logging.Logger("slack_sdk", logging.CRITICAL + 1)
    client = WebClient(token, base_url=settings.slack_api, timeout=_SECONDS, logger=silent, retry_handlers=[])
    checks: list[tuple[str, Callable[[], str]]] = [
        ("bot token", lambda: _token(client)),
        ("scopes", lambda: _scopes(client)),
        ("way in", lambda: _way_in(client, settings)),
        ("events", lambda: _events(Home(settings).engine)),
        ("channels", lambda: _channels(client)),
        ("web page", lambda: _page(settings)),
    ]
    if settings.slack_hr_channel:
        checks.append(("Ask HR", lambda: _hr(client, settings.slack_hr_channel)))
    return [_check(name, look) for name, look in checks]


def _check(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, found=look())
    except FrontdeskError as exc:
        return Check(name, ok=False, found=exc.user_message)
    except SlackApiError as exc:
        error = exc.response.get("error", "") if hasattr(exc.response, "get") else "an unreadable answer"
        return Check(name, ok=False, found=f"Slack says {error}{_advice(error)}")
    except (SlackClientError, OSError) as exc:
        return Check(name, ok=False, found=f"Slack cannot be reached ({type(exc).__name__}). Is the network open?")


def _advice(error: str) -> str:
    known = {
        "invalid_auth": "the token is wrong; copy the Bot User OAuth Token from OAuth & Permissions anew",
        "not_authed": "the token is empty",
        "token_revoked": "the app was removed; install it again",
        "token_expired": "token rotation is on; make an app without it",
        "account_inactive": "the app was removed; install it again",
        "not_allowed_token_type": "this is another kind of token: xoxb- is the bot's, xapp- the app's",
        "ratelimited": "it is asked too often; try again in a minute",
    }
    return f": {known[error]}" if error in known else ""


def _token(client: WebClient) -> str:
    found = client.auth_test()
    return f"{found['user']} in {found['team']}"


def _scopes(client: WebClient) -> str:
    granted = {name.lower(): value for name, value in client.auth_test().headers.items()}.get("x-oauth-scopes", "")
    missing = sorted(set(SCOPES) - {scope.strip() for scope in granted.split(",")})
    if missing:
        lines = "; ".join(f"{scope} ({SCOPES[scope]})" for scope in missing)
        raise Unusable(f"Missing: {lines}. Add them at {_APP} under OAuth & Permissions, then install the app again")
    return f"all {len(SCOPES)}"


def _way_in(client: WebClient, settings: Settings) -> str:
    app_token = settings.slack_app_token.get_secret_value()
    if app_token:
        if not app_token.startswith("xapp-"):
            raise Unusable(
                f"FRONTDESK_SLACK_APP_TOKEN begins with {app_token[:5]}: an app-level token begins with xapp-"
            )
        client.apps_connections_open(app_token=app_token)
        return "Socket Mode"
    secret = settings.slack_signing_secret.get_secret_value()
    if len(secret) != _SECRET_LENGTH:
        raise Unusable(
            f"FRONTDESK_SLACK_SIGNING_SECRET has {len(secret)} characters, not {_SECRET_LENGTH}. "
            "Copy the Signing Secret from Basic Information"
        )
    return f"Slack must reach port {settings.slack_port} at /slack/events over https; Slack tells when it cannot"


def _events(engine: Engine) -> str:
    """Slack tells nobody which events an app subscribed to; what arrived is known."""
    with reading(engine) as connection:
        seen = set(connection.execute(select(slack_events.c.type).distinct()).scalars())
    missing = [event for event in EVENTS if event not in seen]
    if not missing:
        return "all have arrived"
    return f"not arrived yet: {', '.join(missing)}. The manifest deploy/slack-manifest.yaml subscribes to all"


def _channels(client: WebClient) -> str:
    found: list[Mapping[str, Any]] = []
    kinds, cursor = "public_channel,private_channel", ""
    while True:
        page = client.users_conversations(types=kinds, exclude_archived=True, limit=200, cursor=cursor)
        found += page["channels"]
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if not cursor:
            break
    if not found:
        raise Unusable("The bot is in no channel. Invite it in Slack: /invite @frontdesk")
    return f"{len(found)}: {', '.join(sorted('#' + str(one['name']) for one in found)[:10])}"


def _page(settings: Settings) -> str:
    if settings.web_url:
        return f"answers link to {settings.web_url}"
    return "answers do not link to it: set FRONTDESK_WEB_URL to the address at which everybody reaches it"


def _hr(client: WebClient, channel: str) -> str:
    found = client.conversations_info(channel=channel)["channel"]
    if not found.get("is_member"):
        raise Unusable(f"The bot is not in #{found['name']}, where it should ask HR. Invite it: /invite @frontdesk")
    return f"#{found['name']}"
