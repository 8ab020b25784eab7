"""A fake Slack without a Frontdesk, for the parts of the bot that only talk to Slack."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.ui.slack_world import company
from ui.slack_calls import Calls
from ui.slack_stream import Streamed
from ui.slack_thread import Place, Thread

JSON = dict[str, Any]


@dataclass
class Alone:
    """The fake, and our calls to it."""

    slack: FakeSlack
    calls: Calls
    noted: list[tuple[str, bool]] = field(default_factory=list)

    def ask(self) -> str:
        """Ann asks in a channel; nobody answers yet."""
        return self.slack.as_user("U1").ask("C1", "How many days?")

    def thread(self, question: str, root: str = "") -> Thread:
        """Where the answer belongs."""
        return Thread(self.calls, Place("T1", "C1", root or question, question, "U1", "BBOT"))

    def stream(self, question: str, root: str = "") -> Streamed:
        """An answer to that question."""

        async def note(ts: str, streaming: bool) -> None:
            self.noted.append((ts, streaming))

        return Streamed(self.thread(question, root), note)

    def said(self) -> list[JSON]:
        """Everything of the bot in the channel."""
        messages = self.slack.workspace.channels["C1"].messages.values()
        return [message for message in messages if message.get("bot_id") == "BBOT"]

    def shown(self) -> list[str]:
        """The text of each, as a reader sees it: of an updated message the block counts."""
        return [
            next((block["text"] for block in one.get("blocks", []) if block["type"] == "markdown"), one["text"])
            for one in self.said()
        ]


@asynccontextmanager
async def alone() -> AsyncIterator[Alone]:
    """The fake Slack, until the block ends."""
    async with FakeSlack(company()) as slack:
        client = AsyncWebClient("xoxb-fake", base_url=slack.base_url, retry_handlers=[], timeout=5)
        yield Alone(slack, Calls(client, slack.clock))
