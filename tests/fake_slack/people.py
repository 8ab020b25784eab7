"""Methods about users and groups of users."""

from tests.fake_slack.method import Call, method
from tests.fake_slack.pages import page
from tests.fake_slack.user import Rank, User
from tests.fake_slack.wire import JSON, SlackError
from tests.fake_slack.workspace import Usergroup


def _shown(call: Call, user: User) -> JSON:
    return user.json(with_email="users:read.email" in call.token.scopes)


@method("users.list", "users:read", tier=2)
def users_list(call: Call) -> JSON:
    ours = [user for user in call.workspace.users.values() if user.rank is not Rank.STRANGER]
    if not call.params.get("limit") and len(ours) > 1000:
        raise SlackError("limit_required")
    users, following = page(call, ours, default=1000)
    return {"members": [_shown(call, user) for user in users], "cache_ts": int(call.workspace.clock.now())} | following


@method("users.info", "users:read", tier=4)
def users_info(call: Call) -> JSON:
    user = call.workspace.users.get(call.needed("user"))
    if user is None:
        raise SlackError("user_not_found")
    return {"user": _shown(call, user)}


@method("users.lookupByEmail", "users:read.email")
def users_lookup(call: Call) -> JSON:
    wanted = call.needed("email").lower()
    for user in call.workspace.users.values():
        if user.email.lower() == wanted and not user.deleted and user.rank is not Rank.STRANGER:
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


@method("usergroups.list", "usergroups:read", tier=2)
def usergroups_list(call: Call) -> JSON:
    with_users = call.flag("include_users")
    return {"usergroups": [_group(call, group, with_users=with_users) for group in call.workspace.usergroups.values()]}


@method("usergroups.users.list", "usergroups:read", tier=2)
def usergroups_users(call: Call) -> JSON:
    group = call.workspace.usergroups.get(call.needed("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return {"users": list(group.users)}


def _group(call: Call, group: Usergroup, *, with_users: bool) -> JSON:
    card: JSON = {
        "id": group.id,
        "team_id": call.workspace.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.handle.title(),
        "handle": group.handle,
        "description": "",
        "is_external": False,
        "date_create": 1,
        "date_update": 1,
        "date_delete": 0,
        "auto_type": None,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.users),
        "channel_count": 0,
    }
    return card | ({"users": list(group.users)} if with_users else {})
