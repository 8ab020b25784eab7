"""The thread that an answer belongs to: whether it still stands, what of ours is in it, and posting into it.

Slack puts a message whose thread is gone into the channel without a word; such a message is taken back at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ui.slack_calls import Calls, SlackRefused
from ui.slack_mrkdwn import Block

GONE = {"invalid_thread_ts", "thread_not_found", "message_not_found"}
_MARKER = "frontdesk_answer"
_UNFINISHED = {"in_progress", "errored"}


class Gone(Exception):
    """What the answer belongs to is not there any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer belongs, whom it answers, and as which bot."""

    team: str
    channel: str
    thread: str
    question: str
    asker: str
    bot: str

    @property
    def marker(self) -> Mapping[str, Any]:
        """Tells our own answer to this question from all other messages; holds nothing that others may not see."""
        return {"event_type": _MARKER, "event_payload": {"question": f"{self.channel}/{self.question}"}}


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread in Slack."""

    calls: Calls
    place: Place

    async def require_question(self) -> Mapping[str, Any]:
        """The question as it reads now. Raises Gone unless it and the root of its thread still stand there."""
        found = {str(message.get("ts")): message for message in await self._messages(only=self.place.question)}
        if {self.place.thread, self.place.question} - set(found):
            raise Gone
        return found[self.place.question]

    async def own(self) -> str:
        """The ts of our own message for this question, if one stands there although we were not told; else nothing."""
        for message in reversed(await self._messages()):
            if str(message.get("ts")) <= self.place.question or message.get("bot_id") != self.place.bot:
                continue
            marked = (message.get("metadata") or {}).get("event_payload") == self.place.marker["event_payload"]
            if marked or message.get("streaming_state") in _UNFINISHED:
                return str(message["ts"])
        return ""

    async def post(self, text: str, blocks: Sequence[Block]) -> str:
        """Post a message; returns its ts."""
        place = self.place
        posted = await self.calls(
            "chat.postMessage",
            channel=place.channel,
            thread_ts=place.thread,
            text=text,
            blocks=list(blocks),
            metadata=place.marker,
            unfurl_links=False,
            unfurl_media=False,
        )
        ts = str(posted["ts"])
        if posted.get("message", {}).get("thread_ts") != place.thread:
            await self.calls("chat.delete", channel=place.channel, ts=ts)
            raise Gone
        return ts

    async def _messages(self, only: str = "") -> list[Mapping[str, Any]]:
        """The thread's root with this message, or with everything after the question."""
        place = self.place
        part = {"oldest": only, "latest": only} if only else {"oldest": place.question}
        try:
            found = await self.calls.all(
                "conversations.replies",
                "messages",
                channel=place.channel,
                ts=place.thread,
                inclusive=True,
                include_all_metadata=True,
                limit=200,
                **part,
            )
        except SlackRefused as exc:
            if exc.error in {*GONE, "channel_not_found"}:
                raise Gone from exc
            raise
        return [message for message in found if message.get("subtype") != "tombstone"]
