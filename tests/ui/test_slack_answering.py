"""Questions until their one outcome: stopped, edited, deleted, lost by a bot that died."""

from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app import slack_questions
from app.slack_client import NewQuestion
from app.slack_questions import Change
from tests.fake_slack.faults import json_error
from tests.ui.slack_world import LEAVE, Told, World, visible
from ui import slack_words

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]
LONG = "A sentence that is long enough to be shown at once, word for word, before the rest. " * 4


def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker counts as lost after a moment instead of half a minute."""
    monkeypatch.setattr("app.slack_questions.LOST", timedelta(seconds=0.1))


async def test_the_stop_button_stops_the_model_and_takes_the_status_off(here: World) -> None:
    told = here.answering_with(Told([LONG, "Never said. "], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: here.answers("C1", question))
        here.slack.as_user("U1").stop("C1", here.answers("C1", question)[0]["ts"])
        await here.until(told.closed.is_set)
        await here.settled()
    (answer,) = here.answers("C1", question)
    assert (answer["text"], answer["streaming_state"]) == (LONG, "completed")
    assert here.state("C1", question) == "dropped"
    session = here.slack.workspace.sessions["C1", question]
    assert (session.line, session.state) == ("", "active")


async def test_an_edited_question_is_answered_as_it_reads_now_in_the_same_message(here: World) -> None:
    told = here.answering_with(Told([LONG, "The end. "], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: here.answers("C1", question))
        here.slack.as_user("U1").edit("C1", question, "<@UBOT> What may a hotel in Lisbon cost?")
        await here.until(lambda: len(told.questions) == 2)
        told.go_on()
        await here.settled()
    (answer,) = here.answers("C1", question)
    assert told.questions[1] == "What may a hotel in Lisbon cost?"
    assert visible(answer).count("The end.") >= 1
    assert visible(answer).count(LONG.strip()) == 1 + answer["text"].count(LONG.strip())
    assert here.state("C1", question) == "answered"


async def test_a_deleted_question_gets_no_answer(here: World) -> None:
    told = here.answering_with(Told([LONG, "Never said. "], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: here.answers("C1", question))
        here.slack.as_user("U1").delete("C1", question)
        await here.until(told.closed.is_set)
        await here.settled()
        await here.until(lambda: not here.answers("C1", question))
    assert here.posted_outside() == []
    assert here.state("C1", question) == "dropped"


async def test_a_question_that_is_gone_before_the_answer_begins_leaves_nothing_in_the_channel(here: World) -> None:
    told = here.answering_with(Told(["First. ", "Second. "], held=1))
    here.slack.fail("chat.startStream", json_error("feature_disabled"), times=9)
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: told.questions)
        here.slack.admin.forget("C1", question)  # Slack tells nobody
        told.go_on()
        await here.settled()
    assert here.posted_outside() == []
    assert here.state("C1", question) == "dropped"


async def test_a_question_deleted_while_the_bot_was_away_is_not_answered(here: World) -> None:
    question = here.slack.as_user("U1").ask("C1", LEAVE)
    here.slack.as_user("U1").delete("C1", question)
    async with here.bot():
        await here.settled()
    assert here.posted_outside() == []
    assert here.state("C1", question) == "dropped"


async def test_a_bot_that_is_told_to_end_leaves_its_question_to_the_next_one(here: World) -> None:
    told = here.answering_with(Told([LONG, "The end. "], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: here.answers("C1", question))
    told.go_on()
    async with here.bot():
        await here.settled()
    (answer,) = here.answers("C1", question)
    assert visible(answer).count("The end.") == 1 + answer["text"].count("The end.")
    assert here.state("C1", question) == "answered"


@pytest.mark.parametrize("noted", [True, False], ids=["which it had noted", "of which nobody knows"])
async def test_a_bot_that_died_leaves_a_message_that_the_next_one_finishes(
    here: World, monkeypatch: pytest.MonkeyPatch, noted: bool
) -> None:
    soon(monkeypatch)
    question = here.slack.as_user("U1").ask("C1", LEAVE)
    slack_questions.accept(here.home.engine, NewQuestion("T1", "C1", question, question, "U1", LEAVE, "mention"))
    slack_questions.claim(here.home.engine, "dead")
    client = AsyncWebClient("xoxb-fake", base_url=here.slack.base_url)
    begun = await client.chat_startStream(
        channel="C1",
        thread_ts=question,
        markdown_text="Half an ans",
        recipient_team_id="T1",
        recipient_user_id="U1",
    )
    if noted:
        known = Change("dead", answer_ts=begun["ts"], streaming=True)
        slack_questions.change(here.home.engine, "T1", "C1", question, known)
    async with here.bot():
        await here.settled()
    (answer,) = here.answers("C1", question)
    assert answer["ts"] == begun["ts"]
    assert "27 days" in visible(answer)
    assert "Half an ans" not in visible(answer)
    assert answer["streaming_state"] == "completed"


async def test_a_question_that_fails_each_time_ends_in_an_apology(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    soon(monkeypatch)
    here.slack.fail("users.info", json_error("internal_error"), times=99)
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        while not here.answers("C1", question):
            await here.slack.advance(5)
        await here.settled()
    (answer,) = here.answers("C1", question)
    assert answer["text"] == slack_words.APOLOGY
    assert here.state("C1", question) == "failed"


async def test_questions_of_one_thread_are_answered_one_after_another(here: World) -> None:
    told = here.answering_with(Told(["First. ", "Second. "], held=1))
    async with here.bot():
        root = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: told.questions)
        here.slack.as_user("U2").ask("C1", "What may a hotel cost?", root)
        other = here.slack.as_user("U2").ask("C1", LEAVE)
        await here.until(lambda: len(told.questions) == 2)
        await here.slack.delivered()
        assert told.questions == [LEAVE, LEAVE]
        told.go_on()
        await here.answered("C1", root, 2)
        await here.answered("C1", other)
        await here.settled()
    assert told.questions[2] == "What may a hotel cost?"
    assert len(here.answers("C1", root)) == 2


async def test_a_bot_that_may_not_write_there_fails_without_trying_for_ever(here: World) -> None:
    here.slack.fail("chat.startStream", json_error("restricted_action_read_only_channel"), times=99)
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.settled()
    assert here.state("C1", question) == "failed"
    assert len(here.slack.calls("chat.startStream")) == 1
