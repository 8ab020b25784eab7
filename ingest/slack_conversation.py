"""A thread as Slack tells it now: the messages that are kept of it, who wrote them, and the files on them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.slack_channels import Channel
from ingest.slack_document import packed
from ingest.slack_messages import Message, message_in, time_of, timestamp
from ingest.slack_people import dict_at
from ingest.slack_state import ThreadState
from retrieval.chunk import digest

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Conversation:
    """`data` is what its document is made of."""

    state: ThreadState
    data: bytes
    files: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of a channel's messages: none by these writers, none of these times."""

    team: str
    names: Mapping[str, str]
    writers: frozenset[str]
    deleted: frozenset[str]

    def conversation(self, channel: Channel, root: str, rows: Iterable[Row]) -> Conversation | None:
        """The thread that these rows are; None where nothing of it is kept."""
        rows = [row for row in rows if self._keeps(row)]
        found: dict[int, tuple[Message, Row]] = {}
        for row in rows:
            message = message_in(row, self.names)
            if isinstance(message, Message) and message.edited >= _edited(found.get(message.ts)):
                found[message.ts] = message, row
        if not found:
            return None
        in_order = sorted(found.values(), key=lambda one: (one[0].ts != one[0].root, one[0].ts))
        data = packed(self.team, channel.id, channel.name, [message for message, _ in in_order])
        users = tuple(sorted({str(row["user"]) for _, row in in_order if row.get("user")}))
        first = next((row for row in rows if row.get("ts") == root), {})
        state = ThreadState(root, latest_of(first, root), replies_of(first), users, digest(data)[:32])
        return Conversation(state, data, tuple(file for _, row in in_order for file in _files(row)))

    def _keeps(self, row: Row) -> bool:
        return row.get("ts") not in self.deleted and self.writers.isdisjoint(_writers(row))


def latest_of(row: Row, root: str) -> str:
    """When the newest reply was written or the first message was edited, as the first message says."""
    return max(str(row.get("latest_reply") or root), timestamp(time_of(dict_at(row, "edited").get("ts"))))


def replies_of(row: Row) -> int:
    """How many replies there are, as the thread's first message says."""
    count = row.get("reply_count")
    return count if isinstance(count, int) else 0


def _writers(row: Row) -> set[str]:
    return {str(row[key]) for key in ("user", "bot_id") if row.get(key)}


def _files(row: Row) -> list[Row]:
    files = row.get("files")
    return [file for file in files if isinstance(file, dict) and file.get("id")] if isinstance(files, list) else []


def _edited(before: tuple[Message, Row] | None) -> int:
    return before[0].edited if before else 0
