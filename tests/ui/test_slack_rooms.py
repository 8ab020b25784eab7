"""The server learns who is where: with each question, when somebody comes or goes, and when the bot starts."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.client import Unanswered
from app.slack_client import SlackClient
from tests.ui.slack_world import BONUS, LEAVE, World
from ui.slack_calls import Calls
from ui.slack_readers import Readers
from ui.slack_rooms import Rooms

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]


async def titles(here: World, email: str) -> list[str]:
    """What stands in this person's list on the web."""
    async with SlackClient(here.server, here.setup.key) as client:
        return await client.conversations(email)


async def until_titles(here: World, email: str, wanted: list[str]) -> None:
    """Wait until that is so."""
    for _ in range(400):
        if await titles(here, email) == wanted:
            return
        await asyncio.sleep(0.01)
    assert await titles(here, email) == wanted


async def test_whoever_leaves_a_private_channel_reads_its_threads_on_the_web_no_more(here: World) -> None:
    here.slack.admin.invite("C2", "U2")
    async with here.bot():
        await here.answered("C2", here.slack.as_user("U2").ask("C2", LEAVE))
        await until_titles(here, "ben@example.test", [LEAVE])
        here.slack.admin.remove("C2", "U2")
        await until_titles(here, "ben@example.test", [])
        here.slack.admin.invite("C2", "U2")
        await until_titles(here, "ben@example.test", [LEAVE])


async def test_a_channel_that_turns_private_is_for_its_members(here: World) -> None:
    here.slack.workspace.add_channel("C3", "leads", ["U1", "U2", "UBOT"])
    async with here.bot():
        await here.answered("C3", here.slack.as_user("U2").ask("C3", LEAVE))
        here.slack.admin.remove("C3", "U2")
        await here.settled()
        assert await titles(here, "ben@example.test") == [LEAVE]  # every employee may read it
        here.slack.admin.convert_private("C3")
        await until_titles(here, "ben@example.test", [])


async def test_who_left_while_the_bot_was_away_is_known_when_it_starts(here: World) -> None:
    async with here.bot():
        await here.answered("C2", here.slack.as_user("U1").ask("C2", BONUS))
    here.slack.workspace.channels["C2"].members.remove("U1")
    assert await titles(here, "ann@example.test") == [BONUS]
    async with here.bot():
        await until_titles(here, "ann@example.test", [])


class _AwayAtFirst(SlackClient):
    """Reaches its server the second time only."""

    tries = 0

    async def rooms(self, team: str) -> list[str]:
        self.tries += 1
        if self.tries == 1:
            raise Unanswered("The server cannot be reached")
        return await super().rooms(team)


async def test_a_server_that_is_away_when_the_bot_starts_is_told_later(here: World) -> None:
    async with here.bot():
        await here.answered("C2", here.slack.as_user("U1").ask("C2", BONUS))
    here.slack.workspace.channels["C2"].members.remove("U1")
    calls = Calls(AsyncWebClient("xoxb-fake", base_url=here.slack.base_url), here.slack.clock)
    async with _AwayAtFirst(here.server, here.setup.key) as server:
        rooms = asyncio.create_task(Rooms(server, Readers(calls, "T1"), "T1", patience=0.01).run())
        await until_titles(here, "ann@example.test", [])
        rooms.cancel()
    assert server.tries > 1


async def test_a_direct_conversation_stays_with_its_author(here: World) -> None:
    async with here.bot():
        await here.answered("DU2", here.slack.as_user("U2").dm(LEAVE))
    async with here.bot():
        await here.settled()
        assert await titles(here, "ben@example.test") == [LEAVE]
