"""What an event of Slack means to us. Pure: an envelope and who we are go in, one meaning comes out.

Whatever a bot posted, ourselves included, means nothing: bots cannot talk each other into a loop.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ui.slack_question import is_question, is_talk

Json = Mapping[str, Any]

_TOKEN = re.compile(r"<([^<>\n]+)>")
_SPOKEN = {"", "file_share", "thread_broadcast"}
_PRIVACY = {"channel_convert_to_private", "channel_convert_to_public"}
PEOPLE_CHANGED = {"user_change", "team_join", "subteam_members_changed", "subteam_updated"}
CHANNEL_CHANGED = {
    "member_joined_channel",
    "member_left_channel",
    "channel_left",
    "group_left",
    "channel_archive",
    "channel_unarchive",
    "group_archive",
    "group_unarchive",
    "channel_shared",
    "channel_unshared",
    "channel_deleted",
    "group_deleted",
    "channel_rename",
    "group_rename",
    "channel_id_changed",
}


@dataclass(frozen=True, slots=True)
class Ourselves:
    """Who the bot is in this workspace."""

    team: str
    user: str
    bot: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody asks us. `thread` is where the answer belongs; `via` is mention, direct, thread or channel."""

    team: str
    channel: str
    ts: str
    thread: str
    asker: str
    text: str
    via: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A message was deleted."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A message says something else now."""

    channel: str
    ts: str
    text: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody pressed stop in a thread."""

    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """Somebody looks at our home tab."""

    user: str


@dataclass(frozen=True, slots=True)
class TalkOpened:
    """Somebody opens a talk with us; `thread` is empty but in the older assistant view."""

    channel: str
    thread: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Who may read a channel changed; an empty channel means: of any channel."""

    channel: str = ""


@dataclass(frozen=True, slots=True)
class Other:
    """Nothing to us."""


Meaning = Asked | Forgotten | Edited | Stopped | HomeOpened | TalkOpened | Changed | Other


def meaning(body: Json, we: Ourselves) -> Meaning:
    """What an envelope of the Events API means."""
    event = body.get("event")
    if not isinstance(event, Mapping):
        return Other()
    kind = _text(event, "type")
    if kind == "app_mention":
        return _said(event, body, we)
    if kind == "message":
        return _message(event, body, we)
    if kind in PEOPLE_CHANGED:
        return Changed()
    if kind in CHANNEL_CHANGED:
        return Changed(_channel_of(event))
    return _view(event, kind)


def _view(event: Json, kind: str) -> Meaning:
    if kind == "agent_session_stopped":
        return Stopped(_text(event, "channel"), _text(event, "thread_ts"))
    if kind == "app_home_opened":
        if _text(event, "tab") == "home":
            return HomeOpened(_text(event, "user"))
        return TalkOpened(_text(event, "channel"), "")
    opened = event.get("assistant_thread")
    if kind == "assistant_thread_started" and isinstance(opened, Mapping):
        return TalkOpened(_text(opened, "channel_id"), _text(opened, "thread_ts"))
    return Other()


def _message(event: Json, body: Json, we: Ourselves) -> Meaning:
    subtype, channel = _text(event, "subtype"), _text(event, "channel")
    if subtype == "message_deleted":
        return Forgotten(channel, _text(event, "deleted_ts"))
    if subtype == "message_changed":
        return _changed(event, body, we)
    if subtype in _PRIVACY:
        return Changed(channel)
    return _said(event, body, we)


def _changed(event: Json, body: Json, we: Ourselves) -> Meaning:
    now, before = event.get("message"), event.get("previous_message")
    if not isinstance(now, Mapping):
        return Other()
    before = before if isinstance(before, Mapping) else {}
    channel, ts = _text(event, "channel"), _text(now, "ts")
    if _text(now, "subtype") == "tombstone":
        return Forgotten(channel, ts)
    if _is_of_a_bot(now, we) or _text(now, "text") == _text(before, "text"):
        return Other()
    if _mentions(now, we) and not _mentions(before, we):
        # Slack sends no app_mention when we are named by an edit.
        added = {**now, "channel": channel, "channel_type": _text(event, "channel_type")}
        return _said(added, body, we)
    return Edited(channel, ts, plain(_text(now, "text"), we))


def _said(event: Json, body: Json, we: Ourselves) -> Meaning:
    if _is_of_a_bot(event, we) or _text(event, "subtype") not in _SPOKEN:
        return Other()
    via = _via(event, we)
    if not via:
        return Other()
    ts = _text(event, "ts")
    return Asked(
        _text(body, "team_id") or we.team,
        _text(event, "channel"),
        ts,
        _text(event, "thread_ts") or ts,
        _text(event, "user"),
        plain(_text(event, "text"), we),
        via,
    )


def _via(event: Json, we: Ourselves) -> str:
    """How this message asks us; empty where it does not."""
    text = plain(_text(event, "text"), we)
    if _text(event, "channel_type") in ("im", "app_home"):
        return "direct" if text else ""
    if _text(event, "type") == "app_mention" or _mentions(event, we):
        return "mention"
    if _text(event, "text").lstrip().startswith(("<@", "<!")):  # said to somebody else
        return ""
    is_reply = _text(event, "thread_ts") not in ("", _text(event, "ts"))
    if is_reply:
        return "thread" if text and not is_talk(text) else ""
    return "channel" if is_question(text) else ""


def plain(text: str, we: Ourselves) -> str:
    """What a person typed as readable text, without our own name."""
    return html.unescape(_TOKEN.sub(lambda match: _read(match[1], we), text)).strip()


def _read(inner: str, we: Ourselves) -> str:
    target, _, label = inner.partition("|")
    if target == f"@{we.user}":
        return ""
    if target.startswith(("@", "#")):
        return f"{target[0]}{label or target[1:]}"
    if target.startswith("!"):
        return label or f"@{target[1:].split('^')[0]}"
    return label or target.removeprefix("mailto:").removeprefix("tel:")


def _mentions(event: Json, we: Ourselves) -> bool:
    text = _text(event, "text")
    return f"<@{we.user}>" in text or f"<@{we.user}|" in text


def _is_of_a_bot(event: Json, we: Ourselves) -> bool:
    user = _text(event, "user")
    return bool(event.get("bot_id") or event.get("bot_profile") or event.get("hidden")) or user in (
        "",
        "USLACKBOT",
        we.user,
    )


def _channel_of(event: Json) -> str:
    channel = event.get("channel")
    return _text(channel, "id") if isinstance(channel, Mapping) else _text(event, "channel")


def _text(event: Json, name: str) -> str:
    found = event.get(name)
    return found if isinstance(found, str) else ""
