"""Reads the inbox of events, in order, and does what each means. Doing an event twice changes nothing."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from app.client import Unanswered
from app.slack_client import NewQuestion, SlackClient, Via
from ui.slack_answering import Answering
from ui.slack_calls import SlackRefused, SlackUnsure
from ui.slack_events import (
    Asked,
    Changed,
    Edited,
    Forgotten,
    HomeOpened,
    Meaning,
    Ourselves,
    Stopped,
    TalkOpened,
    meaning,
)
from ui.slack_home import Home
from ui.slack_news import news
from ui.slack_readers import Readers
from ui.slack_rooms import Rooms

_log = logging.getLogger(__name__)
_LOOK_AGAIN = 2.0  # seconds, where nobody tells that there is an event


@dataclass(slots=True)
class Consumer:
    """The consumer "answering" of the inbox."""

    server: SlackClient
    we: Ourselves
    readers: Readers
    answering: Answering
    home: Home
    rooms: Rooms
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """There is an event."""
        self._news.set()

    async def run(self) -> None:
        """Read until cancelled."""
        while True:
            self._news.clear()
            try:
                found = await self.server.events("answering")
                for event in found:
                    await self._take(event.body)
                    await self.server.advance("answering", event.seq)
            except Unanswered as exc:
                _log.warning("The inbox could not be read: %s", exc)
                found = []
            if not found:
                await news(self._news, _LOOK_AGAIN)

    async def _take(self, body: Any) -> None:
        """Do what an event means. One that cannot be done is passed over, unless it is only the server that is away."""
        try:
            await self._do(meaning(body, self.we))
        except Unanswered as exc:
            if not 400 <= exc.status < 500:
                raise
            _log.warning("An event was passed over: %s", exc)
        except (SlackRefused, SlackUnsure) as exc:
            _log.warning("An event was passed over: %s", exc)
        except Exception:  # noqa: BLE001 - one event must never hold up the others
            _log.exception("An event was passed over")

    async def _do(self, means: Meaning) -> None:
        if isinstance(means, Asked):
            await self._accept(means)
        elif isinstance(means, Forgotten):
            await self._forget(means)
        elif isinstance(means, Edited):
            await self._reword(means)
        elif isinstance(means, Stopped):
            await self.answering.stop(means.channel, means.thread)
        elif isinstance(means, Changed):
            self._look_again(means.channel)
        elif isinstance(means, HomeOpened):
            await self.home.publish(means.user)
        elif isinstance(means, TalkOpened):
            await self.home.suggest(means.channel, means.thread)

    def _look_again(self, channel: str) -> None:
        self.readers.forget(channel)
        if channel:
            self.rooms.changed(channel)

    async def _accept(self, asked: Asked) -> None:
        via: Via = asked.via  # type: ignore[assignment]
        question = NewQuestion(asked.team, asked.channel, asked.ts, asked.thread, asked.asker, asked.text, via)
        if await self.server.accept(question) == "accepted":
            self.answering.wake()

    async def _forget(self, gone: Forgotten) -> None:
        question = await self.server.question(self.we.team, gone.channel, gone.ts)
        if question and question.state in ("accepted", "answering"):
            await self.server.drop(question, self.answering.worker)
        await self.answering.forget(gone.channel, gone.ts)

    async def _reword(self, edited: Edited) -> None:
        question = await self.server.question(self.we.team, edited.channel, edited.ts)
        if question and question.state in ("accepted", "answering") and question.text != edited.text:
            await self.server.reword(question, self.answering.worker, edited.text)
            await self.answering.reword(edited.channel, edited.ts, edited.text)
