"""Tells the server who is in the channels where conversations go on, so that who left one reads them no more."""

import asyncio
import logging
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
    _changed: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)

    def changed(self, channel: str) -> None:
        """Who is in a channel changed."""
        self._changed.put_nowait(channel)

    async def run(self) -> None:
        """Look at all of them, for somebody may have left while we were away; then at those that change."""
        for channel in await self._with_conversations():
            await self._tell(channel)
        while True:
            channel = await self._changed.get()
            if channel in await self._with_conversations():
                await self._tell(channel)

    async def _with_conversations(self) -> list[str]:
        try:
            return await self.server.rooms(self.team)
        except Unanswered as exc:
            _log.warning("The channels with conversations are not known: %s", exc)
            return []

    async def _tell(self, channel: str) -> None:
        try:
            seen = await self.readers.of(channel)
            await self.server.put_room(self.team, channel, seen.readers or (), is_open=seen.kind != "private")
        except (Unanswered, SlackRefused, SlackUnsure) as exc:
            _log.warning("Who is in a channel could not be told: %s", exc)
