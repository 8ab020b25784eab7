"""One row of a day file: a message with something to read, or why it is none. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ingest.slack_blocks import attachment_texts, blocks_text
from ingest.slack_people import dict_at
from ingest.slack_text import clean, file_lines, plain

_NOISE_SUBTYPES = """
    channel_join channel_leave channel_topic channel_purpose channel_name channel_archive channel_unarchive
    channel_posting_permissions channel_canvas_updated channel_convert_to_private channel_convert_to_public
    group_join group_leave group_topic group_purpose group_name group_archive group_unarchive group_posting_permissions
    group_canvas_updated bot_add bot_remove pinned_item unpinned_item reminder_add huddle_thread sh_room_created
    ekm_access_denied joiner_notification joiner_notification_for_inviter assistant_app_thread slackbot_response
    message_replied app_conversation_join
"""
NOISE = frozenset(_NOISE_SUBTYPES.split())
_TIME = re.compile(r"(\d{1,10})(?:\.(\d{1,6})\d*)?")
_SECOND = 10**6
_ROUND = str.maketrans("[]<>", "()()")  # an author and a text, both harmless, must not make a link together


@dataclass(frozen=True, slots=True)
class Message:
    """Times are Slack's, in microseconds: its own, its thread's first message's, and when it was last edited."""

    ts: int
    root: int
    edited: int
    author: str
    text: str

    @property
    def line(self) -> str:
        """As it stands in the thread's document."""
        return f"{self.author} ({datetime.fromtimestamp(self.ts // _SECOND, UTC).date()}): {self.text}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row without a message. `deletes` is the time of the message that it declares deleted, or 0."""

    kind: str
    deletes: int = 0


def message_in(row: object, names: Mapping[str, str]) -> Message | Skipped:
    """What the row says."""
    if not isinstance(row, dict):
        return Skipped("broken")
    subtype = row.get("subtype")
    if subtype == "message_changed" and isinstance(row.get("message"), dict):
        return _message({"edited": {"ts": row.get("ts")}} | row["message"], names)
    if subtype == "message_deleted":
        gone = (row.get("deleted_ts"), *(dict_at(row, key).get("ts") for key in ("previous_message", "original")))
        return Skipped("message_deleted", next(filter(None, map(time_of, gone)), 0))
    return _message(row, names)


def time_of(ts: object) -> int:
    """Slack's ts in microseconds; 0 where it is none."""
    match = _TIME.fullmatch(str(ts))
    return int(match[1]) * _SECOND + int((match[2] or "").ljust(6, "0")) if match else 0


def timestamp(time: int) -> str:
    """The same as Slack writes it, which also sorts as text."""
    return f"{time // _SECOND:010}.{time % _SECOND:06}"


def message_text(message: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """What a message says: its text or its blocks, whichever has more, what it attaches, and its files by name."""
    said = message.get("text")
    text = plain(said, names) if isinstance(said, str) else ""
    of_blocks = blocks_text(message.get("blocks"), names)
    if _letters(of_blocks) > _letters(text):
        text = of_blocks
    comment = dict_at(message, "comment").get("comment")
    text = text or (plain(comment, names) if isinstance(comment, str) else "")
    more = attachment_texts(message, names, said=bool(text))
    return clean("\n".join(filter(None, [text, *more, *file_lines(message)])))


def _message(row: Mapping[str, Any], names: Mapping[str, str]) -> Message | Skipped:
    subtype, ts = row.get("subtype"), time_of(row.get("ts"))
    if subtype == "tombstone":
        return Skipped("tombstone", ts)
    if isinstance(subtype, str) and subtype in NOISE:
        return Skipped(subtype)
    if row.get("hidden") or row.get("is_ephemeral"):
        return Skipped("hidden")
    if not ts:
        return Skipped("without a time")
    text = message_text(row, names)
    if not text:
        return Skipped("empty")
    root = time_of(row.get("thread_ts")) or ts
    return Message(ts, root, time_of(dict_at(row, "edited").get("ts")), _author(row, names), text)


def _author(row: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """As well as the export can tell. A bot that posts under another name is called by that name."""
    profile = dict_at(row, "user_profile")
    writers = (row.get("user"), dict_at(row, "comment").get("user"), dict_at(row, "bot_profile").get("id"))
    named = [names.get(writer) for writer in writers if isinstance(writer, str)]
    others = (profile.get("real_name"), profile.get("display_name"), profile.get("name"), row.get("username"))
    of_bot = (dict_at(row, "bot_profile").get("name"), names.get(str(row.get("bot_id"))))
    found = (_shown(name) for name in (*named, *others, *of_bot) if isinstance(name, str))
    return next(filter(None, found), "someone")


@lru_cache(10_000)
def _shown(name: str) -> str:
    return clean(name).translate(_ROUND)


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
