"""Tells the server who is in the channels where conversations go on, so that who left one reads them no more."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field

from app.client import Unanswered
from app.slack_client import SlackClient
from ui.slack_calls import SlackRefused, SlackUnsure
from ui.slack_readers import Readers

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Rooms:
    """The channels of one workspace."""

    server: SlackClient
    readers: Readers
    team: str
    patience: float = 30.0  # seconds until what could not be told is tried again
    _changed: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    def changed(self, channel: str) -> None:
        """Who is in a channel changed."""
        self._changed.put_nowait(channel)

    async def run(self) -> None:
        """Look at all of them, for somebody may have left while we were away; then at those that change.

        What could not be told is told again until it was: until then who left may still read.
        """
        waiting: set[str] | None = None  # all
        while True:
            waiting = await self._told(waiting)
            if waiting is None or waiting:
                with suppress(TimeoutError):
                    waiting = self._with(waiting, await asyncio.wait_for(self._changed.get(), self.patience))
            else:
                waiting = {await self._changed.get()}

    @staticmethod
    def _with(waiting: set[str] | None, channel: str) -> set[str] | None:
        return None if waiting is None else waiting | {channel}

    async def _told(self, channels: set[str] | None) -> set[str] | None:
        """Tell of these, or of all; returns those of which it could not be told."""
        try:
            known = await self.server.rooms(self.team)
        except Unanswered as exc:
            _log.warning("The channels with conversations are not known: %s", exc)
            return channels
        return {one for one in known if (channels is None or one in channels) and not await self._tell(one)}

    async def _tell(self, channel: str) -> bool:
        try:
            seen = await self.readers.of(channel)
            await self.server.put_room(self.team, channel, seen.readers or (), is_open=seen.kind != "private")
        except (Unanswered, SlackRefused, SlackUnsure) as exc:
            _log.warning("Who is in a channel could not be told: %s", exc)
            return False
        return True
