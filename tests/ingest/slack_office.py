"""A small workspace of the fake Slack and a home that copies it: runs, events between them, what is there then."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import slack_inbox
from app.bootstrap import Home
from app.settings import Settings
from app.slack_copy import LIVE, SlackCopy
from app.slack_inbox import NewEvent
from ingest.report import NoProgress, Report
from ingest.slack_state import SlackState
from retrieval.access import EVERYONE, PUBLIC, Scope
from retrieval.ledger import documents, lookup
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks
from tests.fake_slack import FakeSlack, ManualClock, Rank, Sort, Workspace
from tests.fake_slack.admin import Admin
from tests.fake_slack.background import Running, in_thread
from tests.fake_slack.faults import json_error
from tests.word_embedder import WordEmbedder

HANA, SAM = "hana@x.example", "sam@x.example"
DAY = 86_400.0


@dataclass
class Office:
    """Everything a test does to Slack or looks at here."""

    running: Running
    home: Home
    words: WordEmbedder
    copy: SlackCopy
    told: int = 0
    asked: int = field(default=0)

    @property
    def slack(self) -> FakeSlack:
        return self.running.slack

    @property
    def state(self) -> SlackState:
        return SlackState(self.home.engine, "T1")

    @property
    def admin(self) -> Admin:
        return self.slack.admin

    def post(self, channel: str, text: str, thread: str | None = None, user: str = "U1", **more: Any) -> str:
        """Somebody writes; gives the time of the message."""
        return self.slack.as_user(user).post(channel, text, thread, **more)

    def ingest(self, **options: Any) -> Report:
        """One run."""
        return self.home.ingest(LIVE, "", NoProgress(), **options)

    def counts(self, **options: Any) -> dict[str, int]:
        """What a run did, without what it did not do."""
        return {name: count for name, count in self.ingest(**options).counts().items() if count}

    def tell(self) -> None:
        """Put into the inbox what Slack has said since the last time."""
        sent = self.slack.workspace.outbox.sent
        self.told, new = len(sent), sent[self.told :]
        for body in new:
            slack_inbox.store(self.home.engine, NewEvent(body["event_id"], "T1", body["event"]["type"], body))

    def follow(self) -> bool:
        """Let the copy follow what Slack said."""
        self.tell()
        return self.copy.follow()

    def paths(self) -> dict[str, str]:
        """Each document's path with its audience."""
        return {one.uri.removeprefix("slack-T1/"): one.audience for one in documents.entries(self.home.engine)}

    def lines(self, path: str) -> list[str]:
        """The messages of a document, as they are found."""
        texts = dict(documents.texts(self.home.engine))
        return [line.partition("): ")[2] for line in texts[f"slack-T1/{path}"].split("\n\n")]

    def readable(self, email: str) -> set[str]:
        """The paths of documents that somebody may read."""
        scope = {EVERYONE, *lookup.audiences_of(self.home.engine, email)}
        return {path for path, audience in self.paths().items() if audience in scope}

    def found(self, question: str, scope: Scope = PUBLIC) -> list[str]:
        """Texts that answer a question."""
        return [hit.chunk.text for hit in self.home.retriever.search(question, scope, 20)]

    def read(self, channel: str, text: str, *replies: str) -> str:
        """A thread that a run has read, its replies by another one; gives the time of its root."""
        root = self.post(channel, text)
        for reply in replies:
            self.post(channel, reply, root, "U2")
        self.ingest()
        self.follow()
        self.calls("")
        return root

    def stored(self) -> str:
        """Every text in the ledger, older versions too."""
        with reading(self.home.engine) as connection:
            return "\n".join(connection.execute(select(chunks.c.text)).scalars())

    def away(self, times: int = 10_000) -> None:
        """Slack tells us nothing any more."""
        self.slack.fail("*", json_error("account_inactive"), times=times)

    def calls(self, method: str) -> int:
        """How often the method was called since this was asked last."""
        records = self.slack.calls()[self.asked :]
        self.asked += len(records)
        return sum(record.method == method for record in records)


def workspace(now: float | None = None) -> Workspace:
    """Two members, a guest, a stranger; the app is in a public and a private channel, and not in a third one."""
    made = Workspace(clock=ManualClock(now or time.time() - DAY))
    made.add_user("U1", "hana", HANA, real_name="Hana Okoro")
    made.add_user("U2", "sam", SAM, real_name="Sam Whitlock")
    made.add_user("U3", "gil", "gil@guest.example", Rank.GUEST)
    made.add_user("U4", "sue", "sue@elsewhere.example", Rank.STRANGER)
    made.add_channel("C1", "general", ["U1", "U2", "U3", "UBOT"])
    made.add_channel("G1", "people-team", ["U1", "U3", "U4", "UBOT"], Sort.PRIVATE)
    made.add_channel("C3", "elsewhere", ["U1"])
    return made


@contextmanager
def office(place: Path, made: Workspace, **settings: Any) -> Iterator[Office]:
    """The workspace running, and an empty home that knows its token."""
    with in_thread(FakeSlack(made)) as running:
        home, words = Home(Settings(home=place, **given(running, **settings))), WordEmbedder()
        home.__dict__["embedder"] = words
        yield Office(running, home, words, SlackCopy(home))
        home.engine.dispose()


def given(running: Running, **settings: Any) -> dict[str, Any]:
    """The settings of a home that reads this Slack."""
    return {"slack_bot_token": "xoxb-fake", "slack_api": running.slack.base_url, **settings}


def joins(made: Workspace, channel: str, count: int) -> None:
    """Fill pages of the history with messages that say nothing."""
    for _ in range(count):
        ts = made.next_ts()
        made.channels[channel].messages[ts] = {"type": "message", "subtype": "channel_join", "user": "U1", "ts": ts}
