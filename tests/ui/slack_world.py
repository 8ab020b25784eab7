"""A company for the bot's tests: a fake Slack, a Frontdesk that is really served, and the bot between them."""

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from app import people, slack_inbox, slack_questions
from app.answerer import Answering, Piece, Size
from app.bootstrap import Home
from app.door import service_key
from app.people import Person
from ingest.report import NoProgress
from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.conftest import write
from tests.fake_slack import FakeSlack, Rank, Sort, Workspace
from tests.fake_slack.blocks import texts
from tests.serving import served
from ui.slack_answer import Links
from ui.slack_bot import Setup, running

JSON = dict[str, Any]
LEAVE = "How many days of annual leave do I get?"
BONUS = "How much bonus do managers get?"
HANDBOOK = {
    "leave.md": "# Annual leave\n\nEvery employee has 27 days of annual leave a year.\n",
    "hotel.md": "# Hotels\n\nA hotel night in Lisbon may cost up to 140 euros.\n",
    "trap.md": "# Parking badge\n\nThe parking badge is at <!channel> reception, see https://evil.example/badge now.\n",
}
MANAGERS = {"bonus.md": "# Bonus of managers\n\nManagers get a bonus of 11 percent of their salary.\n"}


def company() -> Workspace:
    """Ann is a manager, Ben is not; Gil is a guest, who is in one channel; Sue belongs to another company.

    The bot is everywhere.
    """
    workspace = Workspace()
    workspace.add_user("U1", "ann", "ann@example.test", real_name="Ann")
    workspace.add_user("U2", "ben", "ben@example.test", real_name="Ben")
    workspace.add_user("U3", "gil", "gil@example.test", Rank.GUEST)
    workspace.add_user("U4", "sue", "sue@elsewhere.test", Rank.STRANGER)
    workspace.add_channel("C1", "general", ["U1", "U2", "UBOT"])
    workspace.add_channel("C4", "with-visitors", ["U1", "U2", "U3", "UBOT"])
    workspace.add_channel("C2", "managers", ["U1", "UBOT"], Sort.PRIVATE)
    workspace.add_channel("C9", "people-team", ["U1", "UBOT"], Sort.PRIVATE)
    return workspace


def furnish(home: Home) -> Home:
    """Give a home its documents and people."""
    folder = home.settings.home.parent
    home.ingest(write(folder / "handbook", HANDBOOK), "everyone", NoProgress())
    home.ingest(write(folder / "managers", MANAGERS), "group:managers", NoProgress())
    people.replace_all(
        home.engine,
        [Person("ann@example.test", "Ann", ("managers",), ""), Person("ben@example.test", "Ben", ("staff",), "")],
    )
    return home


@dataclass
class Told:
    """An answerer that says these pieces, the later ones only when the test lets it go on."""

    pieces: Sequence[str]
    held: int = 0  # so many pieces come at once, the others after `go_on`
    name: str = "told"
    closed: threading.Event = field(default_factory=threading.Event)
    questions: list[str] = field(default_factory=list)
    turns: list[Sequence[Turn]] = field(default_factory=list)
    _go_on: threading.Event = field(default_factory=threading.Event)

    def check(self, question: str) -> Size:
        """Every question can be taken."""
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """Nothing is rewritten."""
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Begin to say it."""
        self.questions.append(question)
        self.turns.append(turns)
        return Answering(tuple(passages), TokenUse(), self._said(), tuple(one.id for p in passages for one in p.chunks))

    def go_on(self) -> None:
        """Say the rest."""
        self._go_on.set()

    def _said(self) -> Iterator[Piece]:
        try:
            for number, piece in enumerate(self.pieces):
                while self.held and number >= self.held and not self._go_on.wait(0.01):
                    yield Piece("")  # so that a front end that went away is noticed
                yield Piece(piece)
        finally:
            self.closed.set()


@dataclass
class World:
    """Everything at once."""

    slack: FakeSlack
    home: Home
    server: str

    @property
    def setup(self) -> Setup:
        """What the bot is told."""
        key = service_key(self.home.settings.home)
        links = Links("http://127.0.0.1:8611", "C9")
        return Setup(self.server, key, "xoxb-fake", "xapp-fake", "", self.slack.base_url, 0, links)

    def answering_with(self, told: "Told") -> "Told":
        """Let this answerer answer from now on."""
        self.home.__dict__["answerers"] = {told.name: told}
        self.home.__dict__.pop("desk", None)
        return told

    def bot(self, ping_seconds: float = 5.0, **other: Any) -> AbstractAsyncContextManager[None]:
        """The bot at work."""
        return running(replace(self.setup, **other), self.slack.clock, ping_seconds)

    def answers(self, channel: str, thread: str) -> list[JSON]:
        """What the bot wrote in a thread."""
        messages = self.slack.workspace.channels[channel].thread(thread)
        return [message for message in messages if message.get("bot_id") == "BBOT"]

    async def answered(self, channel: str, thread: str, number: int = 1) -> JSON:
        """The bot's so manieth message in a thread, once it is whole."""

        def is_whole() -> bool:
            found = self.answers(channel, thread)
            return len(found) >= number and found[number - 1].get("streaming_state") != "in_progress"

        await self.until(is_whole)
        return self.answers(channel, thread)[number - 1]

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until this is true, however busy the machine is."""
        await self.slack.until(condition, 20.0)

    def state(self, channel: str, ts: str) -> str:
        """How a question stands."""
        return slack_questions.one(self.home.engine, "T1", channel, ts).state

    async def settled(self) -> None:
        """Wait until every event is read and every question has an outcome."""
        for _ in range(30):
            await asyncio.sleep(0.02)
            if not self.slack.deliveries.under_way:
                break
            await self.slack.advance(20)  # until Slack has sent again what was not acknowledged
        engine = self.home.engine
        await self.until(
            lambda: (
                not slack_inbox.waiting(engine, "answering", 1)
                and not slack_questions.listed(engine, "accepted")
                and not slack_questions.listed(engine, "answering")
            )
        )

    def posted_outside(self) -> list[JSON]:
        """Messages of the bot in a channel that belong to no thread."""
        return [
            message
            for channel in self.slack.workspace.channels.values()
            for message in channel.messages.values()
            if message.get("bot_id") == "BBOT" and not message.get("thread_ts")
        ]


def visible(message: JSON) -> str:
    """Everything that a reader sees of a message."""
    return "\n".join([message["text"], *texts(message.get("blocks", []))])


def element(message: JSON, action: str) -> JSON | None:
    """The button of a message with this action."""
    found = [one for block in message.get("blocks", []) for one in block.get("elements", [])]
    return next((one for one in found if one.get("action_id") == action), None)


def conversation_in(link: str) -> str:
    """The conversation that a link to the web page opens."""
    found = re.search(r"conversation=([\w-]+)", link)
    assert found
    return found[1]


@asynccontextmanager
async def world(home: Home, workspace: Workspace | None = None) -> AsyncIterator[World]:
    """The fake Slack and the served home, until the block ends."""
    async with FakeSlack(workspace or company()) as slack:
        with served(home) as address:
            yield World(slack, home, address)
