"""Installing the app: the page that asks, the code that comes back, tokens that last twelve hours."""

from aiohttp import web

from tests.fake_slack.method import Call, method
from tests.fake_slack.tokens import BOT_SCOPES, Token
from tests.fake_slack.wire import JSON, SlackError
from tests.fake_slack.workspace import Workspace

LIFETIME = 43_200
CLIENT_ID, CLIENT_SECRET = "1.2", "client-secret"


async def authorize(workspace: Workspace, request: web.Request) -> web.Response:
    """The page of `/oauth/v2/authorize`: everybody says yes at once."""
    code = workspace.fresh("code-")
    workspace.installs.codes[code] = False
    address = request.query["redirect_uri"]
    raise web.HTTPFound(f"{address}?code={code}&state={request.query.get('state', '')}")


@method("oauth.v2.access", tier=0)
def access(call: Call) -> JSON:
    """Turn a code or a refresh token into an access token."""
    workspace = call.workspace
    if call.text("client_id") != CLIENT_ID:
        raise SlackError("invalid_client_id")
    if call.text("client_secret") != CLIENT_SECRET:
        raise SlackError("bad_client_secret")
    if call.text("grant_type") == "refresh_token":
        if call.text("refresh_token") not in workspace.installs.refresh:
            raise SlackError("invalid_refresh_token")
        workspace.installs.refresh.remove(call.text("refresh_token"))
    else:
        _use(workspace, call.text("code"))
    return _installed(workspace)


def _use(workspace: Workspace, code: str) -> None:
    if code not in workspace.installs.codes:
        raise SlackError("invalid_code")
    if workspace.installs.codes[code]:
        raise SlackError("code_already_used")
    workspace.installs.codes[code] = True


def _installed(workspace: Workspace) -> JSON:
    bot, team = workspace.bot, workspace.team
    value, refresh = workspace.fresh("xoxe.xoxb-1-"), workspace.fresh("xoxe-1-")
    workspace.tokens.add(Token(value, expires_at=workspace.clock.now() + LIFETIME))
    workspace.installs.refresh.add(refresh)
    answer: JSON = {"app_id": bot.app, "authed_user": {"id": "U1"}, "scope": ",".join(sorted(BOT_SCOPES))}
    answer |= {"token_type": "bot", "access_token": value, "bot_user_id": bot.user, "refresh_token": refresh}
    answer |= {"expires_in": LIFETIME, "team": {"id": team.id, "name": team.name}}
    return answer | {"enterprise": None, "is_enterprise_install": False}
