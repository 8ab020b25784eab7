"""Methods about App Home and modals."""

import json
from typing import Any

from tests.fake_slack.blocks import MOST_IN_VIEW, checked
from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError, bad_arguments
from tests.fake_slack.workspace import Trigger, Workspace

MOST_BYTES = 250_000
TRIGGER_SECONDS = 3.0
_KEPT = [
    "title",
    "submit",
    "close",
    "callback_id",
    "private_metadata",
    "notify_on_close",
    "clear_on_close",
    "external_id",
]


def new_trigger(workspace: Workspace, user: str) -> str:
    """An id that comes with a person's action and lets the app open one view, soon."""
    trigger = f"{workspace.fresh('')}.1.trigger"
    workspace.triggers[trigger] = Trigger(user, workspace.clock.now() + TRIGGER_SECONDS)
    return trigger


def keep(workspace: Workspace, given: Any, *, id: str = "", root: str = "") -> JSON:  # noqa: A002
    """Check a view and remember it, with an id and a fresh hash."""
    if not isinstance(given, dict) or given.get("type") not in ("home", "modal"):
        raise bad_arguments("missing required field: type [json-pointer:/view/type]")
    if given["type"] == "modal" and not given.get("title"):
        raise bad_arguments("missing required field: title [json-pointer:/view]")
    if len(json.dumps(given)) > MOST_BYTES:
        raise SlackError("view_too_large")
    try:
        blocks = checked(given.get("blocks"), MOST_IN_VIEW)
    except SlackError as refusal:
        raise SlackError("invalid_arguments", **refusal.fields) from refusal
    id = id or workspace.fresh("V")  # noqa: A001
    view: JSON = {key: given[key] for key in _KEPT if key in given}
    view |= {"id": id, "team_id": workspace.team.id, "type": given["type"], "root_view_id": root or id}
    view |= {"app_id": workspace.bot.app, "bot_id": workspace.bot.id, "hash": f"{int(workspace.clock.now())}."}
    view["hash"] += workspace.fresh("h")
    view["blocks"] = [block | {"block_id": block.get("block_id") or workspace.fresh("blk")} for block in blocks]
    view = {"private_metadata": "", "callback_id": "", "state": {"values": {}}} | view
    workspace.views[id] = view
    return view


@method("views.publish", tier=4)
def publish(call: Call) -> JSON:
    user = call.needed("user_id")
    if user not in call.workspace.users:
        raise bad_arguments("user not found [json-pointer:/user_id]")
    old = call.workspace.homes.get(user, "")
    _same_hash(call, old)
    given = call.json("view")
    if not isinstance(given, dict) or given.get("type") != "home":
        raise bad_arguments("must be a home view [json-pointer:/view/type]")
    view = keep(call.workspace, given, id=old)
    call.workspace.homes[user] = view["id"]
    call.workspace.show("home", "", view, user)
    return {"view": view, "response_metadata": {}}


@method("views.open", tier=4)
def open_view(call: Call) -> JSON:
    return _shown(call, root="")


@method("views.push", tier=4)
def push(call: Call) -> JSON:
    return _shown(call, root=next(reversed(call.workspace.views), ""))


@method("views.update", tier=4)
def update(call: Call) -> JSON:
    wanted, external = call.text("view_id"), call.text("external_id")
    views = call.workspace.views
    found = next(
        (v for v in views.values() if v["id"] == wanted or (external and v.get("external_id") == external)), None
    )
    if found is None:
        raise SlackError("not_found")
    _same_hash(call, found["id"])
    view = keep(call.workspace, call.json("view"), id=found["id"], root=found["root_view_id"])
    call.workspace.show("modal", "", view)
    return {"view": view}


def _shown(call: Call, *, root: str) -> JSON:
    trigger = call.workspace.triggers.get(call.needed("trigger_id"))
    if trigger is None:
        raise SlackError("invalid_trigger_id")
    if trigger.used:
        raise SlackError("exchanged_trigger_id")
    if call.workspace.clock.now() >= trigger.expires:
        raise SlackError("expired_trigger_id")
    given = call.json("view")
    if not isinstance(given, dict) or given.get("type") != "modal":
        raise bad_arguments("must be a modal [json-pointer:/view/type]")
    view = keep(call.workspace, given, root=root)
    trigger.used = True
    call.workspace.show("modal", "", view, trigger.user)
    return {"view": view}


def _same_hash(call: Call, view_id: str) -> None:
    if call.text("hash") and view_id and call.text("hash") != call.workspace.views[view_id]["hash"]:
        raise SlackError("hash_conflict")
