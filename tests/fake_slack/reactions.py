"""Methods about reactions."""

import re

from tests.fake_slack import messages
from tests.fake_slack.method import Call, method
from tests.fake_slack.wire import JSON, SlackError

_NAME = re.compile(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?")


@method("reactions.add", "reactions:write")
def add(call: Call) -> JSON:
    return _react(call, add=True)


@method("reactions.remove", "reactions:write", tier=2)
def remove(call: Call) -> JSON:
    return _react(call, add=False)


@method("reactions.get", "reactions:read")
def get(call: Call) -> JSON:
    channel = call.channel()
    return {"type": "message", "channel": channel.id, "message": messages.find(channel, call.needed("timestamp"))}


def _react(call: Call, *, add: bool) -> JSON:
    name, ts = call.needed("name").strip(":"), call.needed("timestamp")
    if not _NAME.fullmatch(name):
        raise SlackError("invalid_name")
    if not re.fullmatch(r"\d+\.\d+", ts):
        raise SlackError("bad_timestamp")
    messages.react(call.workspace, call.channel(), ts, name, call.token.user, add=add)
    return {}
