"""Methods about channels: which there are, who is in them, what was said."""

import copy
import re
from typing import NamedTuple

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.method import Call, method
from tests.fake_slack.pages import page
from tests.fake_slack.wire import JSON, SlackError, thread_of

LISTED = {sort.listed: sort for sort in Sort}
_TS = re.compile(r"\d+(\.\d+)?")


def _listed(call: Call, user: str, *, only_joined: bool) -> JSON:
    words = call.listed("types", "public_channel")
    if any(word not in LISTED for word in words):
        raise SlackError("invalid_types")
    sorts = {LISTED[word] for word in words}
    for sort in sorts:
        call.token.require(f"{sort.scope}:read")
    me, team = call.token.user, call.workspace.team.id
    seen = [
        channel
        for channel in call.workspace.channels.values()
        if channel.sort in sorts
        and not channel.deleted
        and not (channel.archived and call.flag("exclude_archived"))
        and (user in channel.members or (channel.sort is Sort.PUBLIC and not only_joined))
        and (me in channel.members or channel.sort is Sort.PUBLIC)
    ]
    channels, following = page(call, seen, most=999)
    size = {} if only_joined else {"num_members": True}
    return {"channels": [c.json(me, team) | (size and _size(c)) for c in channels]} | following


def _size(channel: Channel) -> JSON:
    return {} if channel.sort is Sort.DIRECT else {"num_members": len(channel.members)}


@method("conversations.list", tier=2)
def conversations_list(call: Call) -> JSON:
    return _listed(call, call.token.user, only_joined=False)


@method("users.conversations")
def users_conversations(call: Call) -> JSON:
    return _listed(call, call.text("user", call.token.user), only_joined=True)


@method("conversations.info")
def conversations_info(call: Call) -> JSON:
    channel = call.channel()
    call.token.require(f"{channel.sort.scope}:read")
    card = channel.json(call.token.user, call.workspace.team.id)
    return {"channel": card | (_size(channel) if call.flag("include_num_members") else {})}


@method("conversations.members", tier=4)
def conversations_members(call: Call) -> JSON:
    channel = call.channel()
    call.token.require(f"{channel.sort.scope}:read")
    members, following = page(call, channel.members)
    return {"members": members} | following


@method("conversations.history")
def conversations_history(call: Call) -> JSON:
    channel = _readable(call)
    top = [
        message
        for message in _between(call, channel.messages)
        if thread_of(message) == message["ts"] or message.get("subtype") == "thread_broadcast"
    ]
    messages, following = _paged(call, top[::-1], 100)
    extra = {"pin_count": 0, "channel_actions_ts": None, "channel_actions_count": 0}
    return {"messages": messages} | following | extra


@method("conversations.replies")
def conversations_replies(call: Call) -> JSON:
    channel = _readable(call)
    asked = channel.messages.get(call.needed("ts"))
    if asked is None:
        raise SlackError("thread_not_found")
    root_ts = thread_of(asked)
    thread = {message["ts"]: message for message in channel.thread(root_ts)}
    root = thread.pop(root_ts, None)
    messages, following = _paged(call, _between(call, thread), 1000, room=0 if root is None else 1)
    if root is not None and (call.workspace.root_on_every_page or not call.text("cursor")):
        messages.insert(0, copy.deepcopy(root))
    return {"messages": messages} | following


@method("conversations.open")
def conversations_open(call: Call) -> JSON:
    if call.text("channel"):
        channel, known = call.channel(), True
    else:
        channel, known = _opened(call, call.listed("users"))
    answer: JSON = {"no_op": True, "already_open": True} if known else {}
    card = channel.json(call.token.user) if call.flag("return_im") else {"id": channel.id}
    return answer | {"channel": card}


def _opened(call: Call, users: list[str]) -> tuple[Channel, bool]:
    call.token.require("im:write")
    if not users:
        raise SlackError("users_list_not_supplied")
    for user in users:
        if user not in call.workspace.users:
            raise SlackError("user_not_found")
        if call.workspace.users[user].deleted:
            raise SlackError("user_disabled")
    known = len(call.workspace.channels)
    return call.workspace.direct(*users), len(call.workspace.channels) == known


@method("conversations.join", "channels:join")
def conversations_join(call: Call) -> JSON:
    channel = call.channel()
    if channel.sort is not Sort.PUBLIC:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    answer: JSON = {}
    if call.token.user in channel.members:
        answer = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    else:
        call.workspace.join(channel, call.token.user)
    return answer | {"channel": channel.json(call.token.user, call.workspace.team.id)}


class _Window(NamedTuple):
    oldest: float
    latest: float
    inclusive: bool

    def holds(self, ts: str) -> bool:
        """Whether a time stamp lies between; the ends only where they are asked for."""
        when = float(ts)
        return self.oldest < when < self.latest or (self.inclusive and when in (self.oldest, self.latest))


def _readable(call: Call) -> Channel:
    channel = call.channel()
    call.token.require(f"{channel.sort.scope}:history")
    if call.token.user not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def _between(call: Call, messages: dict[str, JSON]) -> list[JSON]:
    oldest, latest = call.text("oldest") or "0", call.text("latest") or "9999999999.0"
    if not _TS.fullmatch(oldest):
        raise SlackError("invalid_ts_oldest")
    if not _TS.fullmatch(latest):
        raise SlackError("invalid_ts_latest")
    if not call.text("oldest") and not call.text("latest"):
        return list(messages.values())
    window = _Window(float(oldest), float(latest), call.flag("inclusive"))
    return [message for ts, message in messages.items() if window.holds(ts)]


def _paged(call: Call, messages: list[JSON], default: int, room: int = 0) -> tuple[list[JSON], JSON]:
    """A page as history and replies give it; `room` is kept for the root of a thread."""
    if call.workspace.restricted_history:
        limit = min(call.number("limit", 15), 15)
        call.params["limit"] = default = limit
    elif call.number("limit", default) > 1 and room:
        call.params["limit"] = call.number("limit", default) - room
    shown, following = page(call, messages, default, most=999 if default == 100 else 1000)
    more = bool(following["response_metadata"]["next_cursor"])
    with_metadata = call.flag("include_all_metadata")
    copies = [copy.deepcopy(message) for message in shown]
    for message in copies:
        if not with_metadata:
            message.pop("metadata", None)
    return copies, {"has_more": more} | (following if more else {})
