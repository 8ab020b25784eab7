"""What events of Slack say has changed. Pure: it names what to look at again, and takes over no words.

Events come late, twice and in any order; what is looked at again is as it is now, whichever event asked for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.slack_messages import NOISE, time_of, timestamp
from ingest.slack_people import dict_at

Event = Mapping[str, Any]

_SAID = ("subtype", "text", "edited", "files", "attachments", "blocks")
_DIRECT = frozenset({"im", "mpim", "app_home"})
_PRIVATE = frozenset({"channel_convert_to_private", "group_convert_to_private"})
_PUBLIC = frozenset({"channel_convert_to_public", "group_convert_to_public"})


@dataclass(slots=True)
class Changes:
    """Channels by id; threads by channel and first message; deleted messages by channel, time and thread, if known.

    `rooms` are to be looked at again; so are `members`, where only members may read a channel.
    """

    threads: dict[tuple[str, str], None] = field(default_factory=dict)
    deleted: dict[tuple[str, str], str] = field(default_factory=dict)
    turned_private: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    fewer_members: set[str] = field(default_factory=set)
    rooms: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    rewritten: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    people: list[Mapping[str, Any]] = field(default_factory=list)
    edited: bool = False
    is_over: bool = False


def changes_in(events: Iterable[Event], bot: str) -> Changes:
    """What these events say; `bot` is the app's own user."""
    found = Changes()
    for one in events:
        event = dict_at(one, "event") or one
        kind = str(event.get("type"))
        channel = _channel(event)
        if kind in ("message", "app_mention"):
            _message(event, channel, found)
        elif kind.startswith("member_"):
            _member(event, channel, found, is_bot=event.get("user") == bot)
        elif channel:
            _room(kind, channel, found)
        else:
            _workspace(event, kind, found)
    return found


def _message(event: Event, channel: str, found: Changes) -> None:
    subtype = str(event.get("subtype") or "")
    message, before = dict_at(event, "message"), dict_at(event, "previous_message")
    if not channel or event.get("channel_type") in _DIRECT:
        return
    if subtype in _PRIVATE | _PUBLIC:
        found.rooms.add(channel)
        found.turned_private.update({channel} if subtype in _PRIVATE else ())
    elif subtype == "message_deleted":
        _deleted(channel, event.get("deleted_ts"), before, found)
    elif subtype == "message_changed":
        if message.get("subtype") == "tombstone":
            _deleted(channel, message.get("ts"), message, found)
        elif any(message.get(key) != before.get(key) for key in _SAID):
            _thread(channel, message, found)
            found.edited = True
    elif subtype not in NOISE:
        _thread(channel, event, found)


def _thread(channel: str, message: Event, found: Changes) -> None:
    root = time_of(message.get("thread_ts")) or time_of(message.get("ts"))
    if root:
        found.threads[channel, timestamp(root)] = None


def _deleted(channel: str, ts: object, message: Event, found: Changes) -> None:
    """A deleted message without its thread may have been anywhere in the channel."""
    time = time_of(ts)
    if time:
        root = time_of(message.get("thread_ts")) or (time if message else 0)
        found.deleted[channel, timestamp(time)] = timestamp(root) if root else ""


def _member(event: Event, channel: str, found: Changes, *, is_bot: bool) -> None:
    is_joining = event.get("type") == "member_joined_channel"
    if is_bot:
        (found.rooms if is_joining else found.left).add(channel)
        return
    found.members.add(channel)
    if not is_joining:
        found.fewer_members.add(channel)


def _room(kind: str, channel: str, found: Changes) -> None:
    _, _, what = kind.partition("_")
    if what == "left":
        found.left.add(channel)
    elif what == "deleted":
        found.removed.add(channel)
    elif what == "history_changed":
        found.rewritten.add(channel)
    elif what in ("rename", "shared", "unshared"):
        found.rooms.add(channel)


def _workspace(event: Event, kind: str, found: Changes) -> None:
    user = dict_at(event, "user")
    if kind in ("user_change", "team_join") and isinstance(user.get("id"), str):
        found.people.append(user)
    elif kind == "channel_id_changed":
        found.left.add(str(event.get("old_channel_id")))
        found.rooms.add(str(event.get("new_channel_id")))
    elif kind in ("file_deleted", "file_change"):
        found.files.add(str(event.get("file_id")))
    elif kind == "app_uninstalled" or (kind == "tokens_revoked" and dict_at(event, "tokens").get("bot")):
        found.is_over = True


def _channel(event: Event) -> str:
    """Most events name it; some show it."""
    channel = event.get("channel")
    named = channel if isinstance(channel, str) else dict_at(event, "channel").get("id")
    return str(named or "")
