"""Answers for one person, and sharing them: never with more than everybody in the channel may read."""

from typing import Any

import pytest

from tests.ui.slack_world import BONUS, LEAVE, Told, World, element, visible
from ui import slack_words
from ui.slack_buttons import SHARE, SHORTCUT, SHOW_ME

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]


async def whispered(here: World, number: int = 1) -> dict[str, Any]:
    """The so manieth message that only one person sees."""
    await here.until(lambda: len(here.slack.workspace.ephemerals) >= number)
    return here.slack.workspace.ephemerals[number - 1]


async def test_the_command_answers_whoever_typed_it_with_what_that_person_may_read(here: World) -> None:
    async with here.bot():
        parcel = here.slack.as_user("U1").slash("C1", "/ask", BONUS)
        answer = await whispered(here)
        here.slack.as_user("U2").slash("C1", "/ask", BONUS)
        other = await whispered(here, 2)
        await here.until(lambda: parcel.acknowledged)
    assert ("11 percent" in visible(answer), answer["shown_to"]) == (True, "U1")
    assert ("11 percent" in visible(other), other["shown_to"]) == (False, "U2")
    assert not here.slack.workspace.channels["C1"].messages


async def test_the_command_works_where_the_bot_is_no_member(here: World) -> None:
    here.slack.workspace.add_channel("C7", "elsewhere", ["U1"])
    async with here.bot():
        here.slack.as_user("U1").slash("C7", "/ask", LEAVE)
        assert "27 days" in visible(await whispered(here))


async def test_the_command_without_a_question_says_what_to_do(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", "  ")
        assert (await whispered(here))["text"] == slack_words.EMPTY


async def test_the_shortcut_answers_somebody_elses_message_privately(here: World) -> None:
    async with here.bot():
        message = here.slack.as_user("U2").post("C1", LEAVE)
        here.slack.as_user("U1").shortcut("C1", message, SHORTCUT)
        answer = await whispered(here)
    assert ("27 days" in visible(answer), answer["shown_to"], answer["thread_ts"]) == (True, "U1", message)
    assert len(here.slack.workspace.channels["C1"].messages) == 1


async def test_when_the_private_answer_would_be_better_it_is_offered_and_shown_to_the_asker_alone(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", BONUS)
        public = await here.answered("C1", question)
        offer = await whispered(here)
        assert (offer["shown_to"], offer["thread_ts"]) == ("U1", question)
        assert "11 percent" not in visible(public) + visible(offer)
        here.slack.as_user("U1").click("C1", offer["ts"], SHOW_ME)
        answer = await whispered(here, 2)
    assert ("11 percent" in visible(answer), answer["shown_to"]) == (True, "U1")


async def test_nobody_is_offered_what_would_be_no_better(here: World) -> None:
    async with here.bot():
        await here.answered("C1", here.slack.as_user("U2").ask("C1", BONUS))
        await here.settled()
    assert here.slack.workspace.ephemerals == []


async def test_a_private_answer_that_everybody_may_read_can_be_shared(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        answer = await whispered(here)
        here.slack.as_user("U1").click("C1", answer["ts"], SHARE)
        done = await whispered(here, 2)
    (shared,) = here.slack.workspace.channels["C1"].messages.values()
    assert "27 days" in visible(shared)
    assert "<@U1>" in visible(shared)
    assert done["text"] == slack_words.SHARED


async def test_a_private_answer_that_others_may_not_read_is_not_shared(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", BONUS)
        answer = await whispered(here)
        assert "11 percent" in visible(answer)
        here.slack.as_user("U1").click("C1", answer["ts"], SHARE)
        done = await whispered(here, 2)
    assert done["text"] == slack_words.NOT_FOR_ALL
    assert not here.slack.workspace.channels["C1"].messages


async def test_sharing_into_a_thread_whose_root_is_gone_posts_nothing(here: World) -> None:
    async with here.bot():
        message = here.slack.as_user("U2").post("C1", LEAVE)
        here.slack.as_user("U1").shortcut("C1", message, SHORTCUT)
        answer = await whispered(here)
        here.slack.admin.forget("C1", message)
        here.slack.as_user("U1").click("C1", answer["ts"], SHARE)
        done = await whispered(here, 2)
    assert done["text"] == slack_words.CANNOT_POST
    assert not here.slack.workspace.channels["C1"].messages


async def test_a_refusal_has_nothing_to_share(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", "Which planet has the most volcanoes?")
        answer = await whispered(here)
    assert element(answer, SHARE) is None


async def test_what_was_said_privately_never_enters_what_the_channel_is_told(here: World) -> None:
    told = here.answering_with(Told(["Secret of managers. [1]"]))
    async with here.bot():
        root = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.answered("C1", root)
        here.slack.as_user("U1").shortcut("C1", root, SHORTCUT)
        await whispered(here)
        here.slack.as_user("U2").ask("C1", "And the hotels in Lisbon?", root)
        await here.answered("C1", root, 2)
    assert [len(turns) for turns in told.turns] == [0, 0, 1]
