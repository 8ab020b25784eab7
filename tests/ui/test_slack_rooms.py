"""The server learns who is where: with each question, when somebody comes or goes, and when the bot starts."""

import asyncio

import pytest

from app.slack_client import SlackClient
from tests.ui.slack_world import BONUS, LEAVE, World

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


async def test_a_direct_conversation_stays_with_its_author(here: World) -> None:
    async with here.bot():
        await here.answered("DU2", here.slack.as_user("U2").dm(LEAVE))
    async with here.bot():
        await here.settled()
        assert await titles(here, "ben@example.test") == [LEAVE]
