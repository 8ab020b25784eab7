"""The thread that an answer belongs to: nothing is ever posted outside of it."""

import pytest

from tests.ui.slack_alone import Alone
from ui.slack_thread import Gone

pytestmark = pytest.mark.anyio


async def test_a_question_that_stands_there_is_read_as_it_is_now(lone: Alone) -> None:
    question = lone.ask()
    lone.slack.as_user("U1").edit("C1", question, "<@UBOT> How long?")
    assert (await lone.thread(question).require_question())["text"] == "<@UBOT> How long?"


async def test_a_question_whose_root_is_deleted_is_gone(lone: Alone) -> None:
    root = lone.slack.as_user("U2").post("C1", "Who knows?")
    question = lone.slack.as_user("U1").ask("C1", "How many days?", root)
    await lone.thread(question, root).require_question()
    lone.slack.as_user("U2").delete("C1", root)
    with pytest.raises(Gone):
        await lone.thread(question, root).require_question()


async def test_a_reply_that_is_deleted_is_gone_although_its_thread_stands(lone: Alone) -> None:
    root = lone.slack.as_user("U2").post("C1", "Who knows?")
    question = lone.slack.as_user("U1").ask("C1", "How many days?", root)
    lone.slack.as_user("U1").delete("C1", question)
    with pytest.raises(Gone):
        await lone.thread(question, root).require_question()


async def test_a_channel_that_the_bot_cannot_see_has_no_threads(lone: Alone) -> None:
    question = lone.ask()
    lone.slack.admin.delete_channel("C1")
    with pytest.raises(Gone):
        await lone.thread(question).require_question()


async def test_a_message_is_posted_into_the_thread(lone: Alone) -> None:
    question = lone.ask()
    ts = await lone.thread(question).post("27 days.", [])
    (message,) = lone.said()
    assert (message["ts"], message["thread_ts"]) == (ts, question)


async def test_a_message_that_slack_puts_into_the_channel_is_taken_back(lone: Alone) -> None:
    question = lone.ask()
    thread = lone.thread(question)
    lone.slack.admin.forget("C1", question)
    with pytest.raises(Gone):
        await thread.post("27 days.", [])
    assert lone.said() == []


async def test_our_own_message_is_known_by_its_mark_and_others_are_not_ours(lone: Alone) -> None:
    question = lone.ask()
    thread = lone.thread(question)
    lone.slack.as_user("U2").post("C1", "27, I think.", question)
    assert await thread.own() == ""
    ts = await thread.post("27 days.", [])
    second = lone.slack.as_user("U2").ask("C1", "And hotels?", question)
    assert await thread.own() == ts
    assert await lone.thread(second, question).own() == ""


async def test_a_stream_that_was_left_open_is_our_own(lone: Alone) -> None:
    question = lone.ask()
    stream = lone.stream(question)
    await stream.add("words " * 60)
    assert await lone.thread(question).own() == stream.ts
