"""Methods about the workspace itself: who am I, what is it called, which bots and emoji does it have."""

from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError


@method("auth.test", tier=0)
def auth_test(call: Call) -> JSON:
    workspace = call.workspace
    user = workspace.users[call.token.user]
    answer: JSON = {
        "url": workspace.team.url,
        "team": workspace.team.name,
        "user": user.name,
        "team_id": call.token.team,
        "user_id": user.id,
        "bot_id": user.bot_id,
        "is_enterprise_install": False,
    }
    if call.token.expires_at is not None:
        answer["expires_in"] = int(call.token.expires_at - workspace.clock.now())
    return answer


@method("auth.revoke", tier=0)
def auth_revoke(call: Call) -> JSON:
    if not call.flag("test"):
        call.token.revoked = True
    return {"revoked": not call.flag("test")}


@method("team.info", "team:read")
def team_info(call: Call) -> JSON:
    team = call.workspace.team
    card = {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}, "url": team.url}
    return {"team": card}


@method("bots.info", "users:read")
def bots_info(call: Call) -> JSON:
    wanted = call.text("bot", call.workspace.bot.id)
    for user in call.workspace.users.values():
        if user.bot_id == wanted:
            card = {"id": wanted, "deleted": user.deleted, "name": user.name, "updated": user.updated}
            app = call.workspace.bot.app if user.id == call.workspace.bot.user else f"A{user.id}"
            return {"bot": card | {"app_id": app, "user_id": user.id, "icons": {}}}
    raise SlackError("bot_not_found")


@method("emoji.list", "emoji:read", tier=2)
def emoji_list(call: Call) -> JSON:
    return {"emoji": dict(call.workspace.emoji), "cache_ts": "1"}
