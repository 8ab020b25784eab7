"""Answers what was accepted: one question at a time in a thread, several threads at once.

A worker says every ten seconds that it lives. What a dead one left behind is given to another worker, which goes on in
the message that was begun; what failed too often is apologised for.
"""

import asyncio
import logging
import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum

from app.client import Unanswered
from app.slack_client import SlackClient, SlackQuestion
from ui import slack_words
from ui.slack_answer import Answer, Links, Outcome
from ui.slack_calls import Calls, SlackRefused, SlackUnsure
from ui.slack_events import Ourselves, plain
from ui.slack_news import news
from ui.slack_private import Private
from ui.slack_readers import Readers
from ui.slack_stream import StoppedByUser, Streamed
from ui.slack_thread import Gone, Place, Thread
from ui.slack_whispering import GIVE_BACK, Whispering

_log = logging.getLogger(__name__)
_AT_ONCE = 8  # questions
_BEAT = 10.0  # seconds
_LOOK_AGAIN = 2.0  # seconds, where nobody tells that there is a question


class Why(Enum):
    """Why an answer is broken off."""

    REWORDED = "the question was edited"
    FORGOTTEN = "the question was deleted"
    STOPPED = "somebody pressed stop"
    TAKEN = "another worker has it"


@dataclass(slots=True)
class _Running:
    """A question that is being answered here."""

    question: SlackQuestion
    stream: Streamed
    work: "asyncio.Task[Outcome]"
    why: Why | None = None

    def break_off(self, why: Why) -> None:
        self.why = why
        self.work.cancel()


@dataclass(slots=True)
class Answering:
    """The worker."""

    server: SlackClient
    calls: Calls
    readers: Readers
    we: Ourselves
    links: Links
    private: Private
    worker: str = field(default_factory=lambda: secrets.token_hex(8))
    _running: dict[tuple[str, str], _Running] = field(default_factory=dict)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _whispering: Whispering = field(init=False)

    def __post_init__(self) -> None:
        self._whispering = Whispering(self.server, self.calls, self.private, self.worker)

    def wake(self) -> None:
        """There may be a question."""
        self._news.set()

    async def run(self) -> None:
        """Answer until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._news.clear()
                at_work = len(self._running) + self._whispering.count
                question = await self._claimed() if at_work < _AT_ONCE else None
                if question is None:
                    await news(self._news, _LOOK_AGAIN)
                elif question.is_whispered:
                    if not self._whispering.has(question):
                        group.create_task(self._whispered(question))
                elif (question.channel, question.ts) not in self._running:  # else we only paused for too long
                    running = self._begin(question)
                    group.create_task(self._served(running))

    async def reword(self, channel: str, ts: str, text: str) -> None:
        """A message was edited."""
        running = self._running.get((channel, ts))
        if running:
            running.question = replace(running.question, text=text)
            running.break_off(Why.REWORDED)

    async def forget(self, channel: str, ts: str) -> None:
        """A message was deleted: the question, or the root of its thread."""
        for running in self._running.values():
            if running.question.channel == channel and ts in (running.question.ts, running.question.thread):
                running.break_off(Why.FORGOTTEN)

    async def stop(self, channel: str, thread: str) -> None:
        """Somebody pressed stop in a thread; another worker that answers there learns it when it beats."""
        for running in self._running.values():
            if (running.question.channel, running.question.thread) == (channel, thread):
                running.break_off(Why.STOPPED)
                return
        for question in await self.server.answering():
            if (question.channel, question.thread) == (channel, thread):
                await self.server.drop(question, self.worker)

    async def _whispered(self, question: SlackQuestion) -> None:
        await self._whispering.serve(question)
        self.wake()

    async def _claimed(self) -> SlackQuestion | None:
        try:
            return await self.server.claim(self.worker)
        except Unanswered as exc:
            _log.warning("No question could be claimed: %s", exc)
            return None

    def _begin(self, question: SlackQuestion) -> _Running:
        place = Place(question.team, question.channel, question.thread, question.ts, question.asker, self.we.bot)

        async def note(ts: str, streaming: bool) -> None:  # noqa: FBT001
            await self.server.beat(question, self.worker, answer_ts=ts, streaming=streaming)

        stream = Streamed(Thread(self.calls, place), note)
        running = _Running(question, stream, asyncio.create_task(self._answered(question, stream)))
        self._running[question.channel, question.ts] = running
        return running

    async def _served(self, running: _Running) -> None:
        """See a question through to its end; it goes on after an edit."""
        beats = asyncio.create_task(self._beating(running))
        try:
            while True:
                await asyncio.wait({running.work})
                if running.why is not Why.REWORDED:
                    break
                running.why = None
                running.work = asyncio.create_task(self._answered_anew(running.question, running.stream))
            await self._end(running)
        except asyncio.CancelledError:
            await self._give_back(running)
            raise
        finally:
            running.work.cancel()
            beats.cancel()
            self._running.pop((running.question.channel, running.question.ts), None)
            self.wake()

    async def _answered_anew(self, question: SlackQuestion, stream: Streamed) -> Outcome:
        await stream.begin_anew()
        return await self._written(question, stream)

    async def _answered(self, question: SlackQuestion, stream: Streamed) -> Outcome:
        begun = question.answer_ts or (await stream.thread.own() if question.attempts > 1 else "")
        if begun:
            await stream.adopt(begun)
        if question.state == "failed":
            await stream.replace(slack_words.APOLOGY)
            return Outcome("failed")
        return await self._written(question, stream)

    async def _written(self, question: SlackQuestion, stream: Streamed) -> Outcome:
        """Answer it as it reads now: the event of an edit may come late."""
        text = plain(str((await stream.thread.require_question()).get("text", "")), self.we)
        return await Answer(self.server, self.calls, self.readers, self.links, question, stream, text).write()

    async def _end(self, running: _Running) -> None:
        try:
            outcome = await self._outcome(running)
            if outcome is not None and running.question.state != "failed":
                await self.server.finish(running.question, self.worker, outcome.state, outcome.answer)
        except Exception:  # noqa: BLE001 - one question must never hold up the others
            _log.exception("A question has no outcome yet")

    async def _give_back(self, running: _Running) -> None:
        """We are told to end: whoever comes next need not wait until we are missed."""
        running.work.cancel()
        with suppress(Unanswered, TimeoutError):
            async with asyncio.timeout(GIVE_BACK):
                await self.server.finish(running.question, self.worker, "accepted")

    async def _outcome(self, running: _Running) -> Outcome | None:
        """How it ended; None where somebody answers it anew or has ended it already."""
        if running.work.cancelled():
            return await self._broken_off(running)
        error = running.work.exception()
        if error is None:
            outcome = running.work.result()
            if outcome.state == "dropped":
                await self._say_nothing_more(running)
            return outcome
        if isinstance(error, Gone | StoppedByUser):
            running.why = Why.STOPPED if isinstance(error, StoppedByUser) else Why.FORGOTTEN
            return await self._broken_off(running)
        _log.error("A question failed", exc_info=error)
        if isinstance(error, SlackRefused):
            await self._say_nothing_more(running)
            return Outcome("failed")
        await running.stream.halt()
        return None

    async def _broken_off(self, running: _Running) -> Outcome | None:
        if running.why is Why.TAKEN:
            return None
        if running.why is Why.FORGOTTEN:
            await running.stream.remove()
        else:
            await running.stream.halt()
        await self._say_nothing_more(running)
        return Outcome("dropped")

    async def _say_nothing_more(self, running: _Running) -> None:
        """Take the status off: nothing follows."""
        question = running.question
        place = {"channel_id": question.channel, "thread_ts": question.thread}
        for method, status in (("assistant.threads.setStatus", ""), ("agents.sessions.setStatus", "active")):
            try:
                await self.calls(method, **place, status=status)
            except (SlackRefused, SlackUnsure):
                continue  # only a nicety

    async def _beating(self, running: _Running) -> None:
        """Say that we live, and learn what became of the question elsewhere."""
        while True:
            await self.calls.clock.sleep(_BEAT)
            try:
                now = await self.server.beat(running.question, self.worker)
            except Unanswered:
                continue
            if now.state == "dropped":
                running.break_off(await self._why_dropped(running))
            elif not now.held_by(self.worker):
                running.break_off(Why.TAKEN)
            elif now.text != running.question.text:
                await self.reword(now.channel, now.ts, now.text)

    async def _why_dropped(self, running: _Running) -> Why:
        try:
            await running.stream.thread.require_question()
        except Gone:
            return Why.FORGOTTEN
        except (SlackRefused, SlackUnsure):
            return Why.STOPPED
        return Why.STOPPED
