"""Two thousand things happen at random in a workspace, calls fail at random, the bot is restarted: what still holds.

Every accepted question has exactly one outcome, nothing is posted outside its thread, nobody is shown what they may not
read, and the copy of the workspace is what a fresh reading of it gives.
"""

import asyncio
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import select

from app import slack_inbox, slack_questions, tables
from app.bootstrap import Home
from app.slack_client import Consumer
from app.slack_copy import LIVE
from ingest import slack_pace
from ingest.report import NoProgress
from retrieval.ledger import documents
from retrieval.ledger.engine import reading
from tests.fake_slack import FakeSlack, ManualClock
from tests.fake_slack.faults import Fault, drop_after, drop_before, http, http429, json_error, truncated_json
from tests.serving import served
from tests.ui.slack_world import LEAVE, World, company, visible

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]

EVENTS, RESTARTS = 2_000, 3
SECRET = "11 percent"  # stands in the managers' document only
EMPLOYEES_ONLY = "27 days"  # a guest may not read it
QUESTIONS = (LEAVE, "How much bonus do managers get?", "What may a hotel night in Lisbon cost?", "Where is the moon?")
PEOPLE, PLACES = ("U1", "U2", "U3", "U4"), ("C1", "C2", "C4")
FAULTS: tuple[Callable[[], Fault], ...] = (
    http429,
    drop_before,
    drop_after,
    truncated_json,
    lambda: http(500),
    lambda: json_error("ratelimited"),
)
FAILING = (
    "chat.startStream",
    "chat.appendStream",
    "chat.stopStream",
    "chat.update",
    "chat.postMessage",
    "chat.postEphemeral",
    "conversations.replies",
    "conversations.info",
    "conversations.members",
    "users.info",
)
# What goes wrong with addresses for answers, which say a word where methods send JSON.
FAULTS_OF_ADDRESSES: tuple[Callable[[], Fault], ...] = (http429, drop_before, drop_after, lambda: http(500))


class Life:
    """What people do, chosen by dice."""

    def __init__(self, here: World, dice: random.Random) -> None:
        self.here, self.dice = here, dice
        self.said: list[tuple[str, str, str]] = []  # who, where, when
        self.commands: dict[str, tuple[str, str]] = {}  # by the id of its trigger: who, and what tells it from others
        self.done: Counter[str] = Counter()

    def step(self) -> None:
        """One thing happens."""
        what, weight = zip(*_ACTIONS.items(), strict=True)
        (name,) = self.dice.choices(what, weight)
        self.done[name] += 1
        getattr(self, name)()

    def mention(self) -> None:
        user, place = self._somewhere()
        self.said.append((user, place, self.here.slack.as_user(user).ask(place, self.dice.choice(QUESTIONS))))

    def direct(self) -> None:
        user = self.dice.choice(PEOPLE[:2])
        person = self.here.slack.as_user(user)
        self.said.append((user, f"D{user}", person.dm(self.dice.choice(QUESTIONS))))

    def reply(self) -> None:
        found = [one for one in self.said if one[1] in PLACES]
        if found:
            user, place, root = self.dice.choice(found)
            messages = self.here.slack.workspace.channels[place].messages
            if root in messages and messages[root].get("subtype") != "tombstone":
                root = messages[root].get("thread_ts", root)
                self.here.slack.as_user(user).post(place, f"And what else? {self.dice.random()}", root)

    def chatter(self) -> None:
        user, place = self._somewhere()
        ts = self.here.slack.as_user(user).post(place, f"The train of {self.dice.randint(1, 23)} o'clock is late.")
        self.said.append((user, place, ts))

    def edit(self) -> None:
        self._with_one(lambda person, place, ts: person.edit(place, ts, f"Changed to {self.dice.random()}"))

    def delete(self) -> None:
        self._with_one(lambda person, place, ts: person.delete(place, ts))

    def react(self) -> None:
        self._with_one(lambda person, place, ts: person.react(place, ts, f"e{self.dice.randint(1, 10**9)}"))

    def command(self) -> None:
        user, place = self._somewhere()
        mark = f"(command {len(self.commands)})"
        parcel = self.here.slack.as_user(user).slash(place, "/ask", f"{self.dice.choice(QUESTIONS)} {mark}")
        self.commands[parcel.payload["trigger_id"]] = user, mark

    def fault(self) -> None:
        if self.dice.random() < 0.1:
            self.here.slack.fail("response_url", self.dice.choice(FAULTS_OF_ADDRESSES)())
        else:
            self.here.slack.fail(self.dice.choice(FAILING), self.dice.choice(FAULTS)())

    def connection(self) -> None:
        self.here.slack.sockets.abort()

    def _somewhere(self) -> tuple[str, str]:
        place = self.dice.choice(PLACES)
        members = self.here.slack.workspace.channels[place].members
        return self.dice.choice([user for user in PEOPLE if user in members]), place

    def _with_one(self, act: Callable[[Any, str, str], object]) -> None:
        there = [
            (user, place, ts)
            for user, place, ts in self.said
            if self.here.slack.workspace.channels[place].messages.get(ts, {"subtype": "tombstone"}).get("subtype")
            is None
        ]
        if there:
            user, place, ts = self.dice.choice(there)
            act(self.here.slack.as_user(user), place, ts)


_ACTIONS = {
    "mention": 14, "direct": 8, "reply": 14, "chatter": 30, "edit": 8, "delete": 6, "react": 8, "command": 4,
    "fault": 7, "connection": 1,
}  # fmt: skip


def threads_of(home: Home) -> dict[str, tuple[str, str]]:
    """The copy of the workspace: audience and text of each document."""
    texts = dict(documents.texts(home.engine))
    entries = [entry for entry in documents.entries(home.engine) if entry.source == "slack-T1"]
    return {entry.uri: (entry.audience, texts[entry.uri]) for entry in entries}


async def ticked(slack: FakeSlack) -> None:
    """Slack's time goes on, about twenty times as fast as ours."""
    while True:
        await slack.advance(1, 0.02)
        await asyncio.sleep(0.02)


def is_settled(home: Home) -> bool:
    """Whether both readers have passed every event and every question has an outcome."""
    unread = [one for reader in get_args(Consumer) for one in slack_inbox.waiting(home.engine, reader, 1)]
    return not unread and not any(slack_questions.listed(home.engine, state) for state in ("accepted", "answering"))


async def lived(slack: FakeSlack, home: Home) -> tuple[World, Life]:
    """Let everything happen, then let everything come to its end."""
    with served(home) as address:
        here = World(slack, home, address)
        life = Life(here, random.Random(11))
        ticking = asyncio.create_task(ticked(slack))
        for _ in range(RESTARTS + 1):
            async with here.bot():
                for _ in range(EVENTS // (RESTARTS + 1)):
                    life.step()
                    await asyncio.sleep(life.dice.uniform(0, 0.06))
        slack.api.faults.clear()
        async with here.bot():
            await slack.until(lambda: not slack.deliveries.under_way, 120.0)
            await slack.until(lambda: is_settled(home), 240.0)
        ticking.cancel()
    return here, life


def check_commands(here: World, life: Life, asked: Sequence[Any]) -> None:
    """Each that was taken on ended, was answered at most once and to its asker alone; none that says so is missing."""
    rows = {row.ts: row for row in asked if row.via == "command"}
    assert rows.keys() <= life.commands.keys()
    assert len(rows) > len(life.commands) // 10  # a command that nobody takes on in time, Slack does not send again
    for trigger, row in rows.items():
        user, mark = life.commands[trigger]
        shown = [one for one in here.slack.workspace.ephemerals if mark in visible(one)]
        assert {one["shown_to"] for one in shown} <= {user}
        assert len(shown) == 1 if row.state in ("answered", "refused") else len(shown) <= 1, (row.state, mark)
    told = [one for one in here.slack.workspace.ephemerals if one["shown_to"] != "U1"]
    assert not any(SECRET in visible(one) for one in told)


async def test_whatever_happens_each_question_ends_once_and_nobody_sees_what_is_closed(
    make_home: Callable[..., Home], furnished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slack_pace, "_PER_MINUTE", {})
    monkeypatch.setattr(slack_pace, "_OTHERS", 10**9)  # this Slack counts no calls, and its time is not ours
    shutil.copytree(furnished, tmp_path / "home")
    workspace = company()
    workspace.clock = ManualClock(time.time() - 86_400.0)
    async with FakeSlack(workspace) as slack:
        tokens = {"slack_bot_token": "xoxb-fake", "slack_api": slack.base_url}
        home = make_home(**tokens, questions_per_minute=0)
        slack.as_user("U1").post("C1", "Good morning.")
        await asyncio.to_thread(home.ingest, LIVE, "", NoProgress())
        here, life = await lived(slack, home)
        with reading(home.engine) as connection:
            asked = connection.execute(select(tables.slack_questions)).all()
        assert len(asked) > EVENTS // 10
        assert {row.state for row in asked} <= {"answered", "refused", "failed", "dropped"}
        assert here.posted_outside() == []
        check_commands(here, life, asked)
        questions = Counter((row.channel, row.thread) for row in asked if row.via != "command")
        for (channel, thread), count in questions.items():
            assert len(here.answers(channel, thread)) <= count, here.answers(channel, thread)
        for place, closed in {"C1": SECRET, "DU2": SECRET, "C4": EMPLOYEES_ONLY}.items():
            shown = "\n".join(visible(one) for one in workspace.channels[place].messages.values() if "bot_id" in one)
            assert closed not in shown
        await asyncio.to_thread(home.ingest, LIVE, "", NoProgress())
        again = make_home("again", **tokens)
        await asyncio.to_thread(again.ingest, LIVE, "", NoProgress())
        assert threads_of(home) == threads_of(again)
