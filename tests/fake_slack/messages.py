"""How messages come, change and go, with the events that each change makes. Used by the API and by persons alike."""

import copy
import uuid

from tests.fake_slack.channel import Channel, Sort
from tests.fake_slack.user import Rank, User
from tests.fake_slack.wire import JSON, SlackError
from tests.fake_slack.workspace import Workspace

INNER = ("channel", "channel_type", "event_ts")


def find(channel: Channel, ts: str) -> JSON:
    """The message, or a refusal."""
    message = channel.messages.get(ts)
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    return message


def post(workspace: Workspace, channel: Channel, user: User, fields: JSON, *, broadcast: bool = False) -> JSON:
    """Put a message there. A thread whose root is gone is no thread: the message lands in the channel itself."""
    with workspace.lock:
        message: JSON = {"type": "message", "user": user.id, "text": "", "ts": workspace.next_ts()}
        message |= {"team": user.team} | _author(workspace, user) | fields
        root = _root(channel, message.pop("thread_ts", None))
        if root is not None:
            message |= {"thread_ts": root["ts"], "parent_user_id": root.get("user", "")}
            if broadcast:
                message |= {"subtype": "thread_broadcast", "root": copy.deepcopy(root)}
        channel.messages[message["ts"]] = message
        if root is not None:
            count_replies(channel, root["ts"])
        workspace.show("posted", channel.id, message)
        _tell_of_post(workspace, channel, user, message)
        return message


def edit(workspace: Workspace, channel: Channel, ts: str, fields: JSON, *, by: str) -> JSON:
    """Change a message; `by` is who did it, empty for changes that Slack makes itself, such as unfurls."""
    with workspace.lock:
        message = find(channel, ts)
        before = copy.deepcopy(message)
        message |= fields
        if by:
            message["edited"] = {"user": by, "ts": workspace.next_ts()}
        workspace.show("updated", channel.id, message)
        changed(workspace, channel, message, before)
        return message


def delete(workspace: Workspace, channel: Channel, ts: str) -> None:
    """Take a message away; a root with replies leaves a tombstone."""
    with workspace.lock:
        message = find(channel, ts)
        workspace.show("deleted", channel.id, message)
        if message.get("reply_count"):
            grave = {"subtype": "tombstone", "text": "This message was deleted.", "user": "USLACKBOT", "hidden": True}
            kept = {key: message[key] for key in message if key.startswith(("reply", "latest", "thread"))}
            channel.messages[ts] = {"type": "message", "ts": ts} | grave | kept
            changed(workspace, channel, channel.messages[ts], message)
            return
        del channel.messages[ts]
        if message.get("thread_ts", ts) != ts:
            count_replies(channel, message["thread_ts"])
        fields = {"subtype": "message_deleted", "hidden": True, "deleted_ts": ts, "previous_message": message}
        workspace.outbox.put(_event(workspace, channel, fields), channel)


def react(workspace: Workspace, channel: Channel, ts: str, name: str, user: str, *, add: bool) -> None:
    """Put a reaction there or take it away."""
    with workspace.lock:
        message = find(channel, ts)
        reactions = {item["name"]: item for item in message.get("reactions", [])}
        item = reactions.setdefault(name, {"name": name, "users": [], "count": 0})
        if add == (user in item["users"]):
            raise SlackError("already_reacted" if add else "no_reaction")
        item["users"] = [*item["users"], user] if add else [one for one in item["users"] if one != user]
        item["count"] = len(item["users"])
        message["reactions"] = [one for one in reactions.values() if one["count"]]
        workspace.show("reacted", channel.id, message, user)
        event: JSON = {"type": "reaction_added" if add else "reaction_removed", "user": user, "reaction": name}
        event["item"] = {"type": "message", "channel": channel.id, "ts": ts}
        event |= {"item_user": message.get("user", ""), "event_ts": workspace.next_ts()}
        workspace.outbox.put(event, channel)


def changed(workspace: Workspace, channel: Channel, message: JSON, before: JSON) -> None:
    """The event that a message is not what it was."""
    fields = {"subtype": "message_changed", "hidden": True, "message": copy.deepcopy(message)}
    workspace.outbox.put(_event(workspace, channel, fields | {"previous_message": before}), channel)


def count_replies(channel: Channel, root_ts: str) -> None:
    """Bring a root's figures up to date."""
    root = channel.messages.get(root_ts)
    if root is None:
        return
    replies = [message for message in channel.thread(root_ts) if message["ts"] != root_ts]
    people = list(dict.fromkeys(message["user"] for message in replies))
    if not replies:
        for key in ("thread_ts", "reply_count", "reply_users_count", "latest_reply", "reply_users", "is_locked"):
            root.pop(key, None)
        if root.get("subtype") == "tombstone":
            del channel.messages[root_ts]
        return
    root |= {"thread_ts": root_ts, "reply_count": len(replies), "reply_users_count": len(people)}
    root |= {"latest_reply": replies[-1]["ts"], "reply_users": people[:5], "is_locked": False, "subscribed": False}


def _author(workspace: Workspace, user: User) -> JSON:
    if user.rank is not Rank.BOT:
        return {"client_msg_id": str(uuid.UUID(int=workspace.random.getrandbits(128)))}
    app = workspace.bot.app if user.id == workspace.bot.user else f"A{user.id}"
    profile = {"id": user.bot_id, "app_id": app, "name": user.name, "deleted": False, "team_id": user.team}
    return {"bot_id": user.bot_id, "app_id": app, "bot_profile": profile}


def _root(channel: Channel, thread_ts: str | None) -> JSON | None:
    """The root of the thread that this message belongs to; any reply of a thread names it as well."""
    message = channel.messages.get(thread_ts or "")
    if message is not None and message.get("thread_ts", thread_ts) != thread_ts:
        message = channel.messages.get(message["thread_ts"])
    return message


def _event(workspace: Workspace, channel: Channel, fields: JSON) -> JSON:
    ts = workspace.next_ts()
    head = {"type": "message", "channel": channel.id, "channel_type": channel.sort.value, "ts": ts, "event_ts": ts}
    return head | fields


def _tell_of_post(workspace: Workspace, channel: Channel, user: User, message: JSON) -> None:
    event = copy.deepcopy(message) | {"channel": channel.id, "event_ts": message["ts"]}
    token = {"assistant_thread": {"action_token": f"action-{message['ts']}"}}
    human = token if user.rank is not Rank.BOT else {}
    workspace.outbox.put(event | {"channel_type": channel.sort.value} | human, channel)
    mentioned = f"<@{workspace.bot.user}" in message.get("text", "") and user.id != workspace.bot.user
    if mentioned and channel.sort is not Sort.DIRECT:
        teams = {"user_team": user.team, "source_team": user.team}
        workspace.outbox.put(event | {"type": "app_mention"} | teams | human, channel)
