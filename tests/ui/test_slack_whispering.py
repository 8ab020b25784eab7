"""Private questions are kept before they are acknowledged, and end once, whatever breaks meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from app.tables import slack_questions
from retrieval.ledger.engine import reading, writing
from tests.fake_slack.faults import Fault, drop_after, http
from tests.ui.slack_world import LEAVE, Told, World, visible
from ui import slack_words
from ui.slack_buttons import SHORTCUT
from ui.slack_whispering import BEGUN

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]


def states(here: World) -> list[tuple[str, str, str]]:
    """How each question stands, and what is left of its words and of the address for its answer."""
    with reading(here.home.engine) as connection:
        rows = connection.execute(select(slack_questions)).all()
    return [(row.state, row.text, row.reply_url) for row in rows]


def heard(here: World) -> list[str]:
    return [visible(one) for one in here.slack.workspace.ephemerals]


async def test_a_command_is_kept_before_it_is_acknowledged_and_nothing_of_it_after_its_answer(here: World) -> None:
    told = here.answering_with(Told(["27 days. [1]"] * 2, held=1))
    async with here.bot():
        parcel = here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: parcel.acknowledged)
        ((state, text, url),) = states(here)
        assert (state, text, bool(url)) == ("answering" if told.questions else state, LEAVE, True)
        told.go_on()
        await here.until(lambda: heard(here))
        await here.settled()
    assert states(here) == [("answered", "", "")]


async def test_a_restart_in_between_loses_no_private_question_and_answers_it_once(here: World) -> None:
    told = here.answering_with(Told(["27 days. [1]"] * 2, held=1))
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        root = here.slack.as_user("U2").post("C1", LEAVE)
        here.slack.as_user("U1").shortcut("C1", root, SHORTCUT)
        await here.until(lambda: len(told.questions) == 2)
    assert heard(here) == []
    told.go_on()
    async with here.bot():
        await here.until(lambda: len(heard(here)) == 2)
        await here.settled()
    assert [state for state, *_ in states(here)] == ["answered", "answered"]
    assert (len(heard(here)), here.answers("C1", root)) == (2, [])


async def test_after_a_restart_of_half_an_hour_the_answer_still_arrives(here: World) -> None:
    told = here.answering_with(Told(["27 days. [1]"] * 2, held=1))
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: told.questions)
    await here.slack.advance(3_600)
    told.go_on()
    async with here.bot():
        await here.until(lambda: heard(here))
        await here.settled()
    assert [("27 days" in text) for text in heard(here)] == [True]


async def test_whoever_died_while_answering_leaves_a_note_that_the_answer_may_have_come(here: World) -> None:
    told = here.answering_with(Told(["27 days. [1]"] * 2, held=1))
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: told.questions)
    told.go_on()
    with writing(here.home.engine) as connection:  # as kill -9 leaves it
        dead = {"state": "answering", "answer_ts": BEGUN, "beat_at": datetime.now(UTC) - timedelta(minutes=1)}
        connection.execute(update(slack_questions).values(dead))
    async with here.bot():
        await here.until(lambda: heard(here))
        await here.settled()
    assert heard(here) == [slack_words.MAY_HAVE_BEEN_SAID]
    assert [state for state, *_ in states(here)] == ["failed"]


async def test_what_was_tried_too_often_is_apologised_for(here: World) -> None:
    told = here.answering_with(Told(["27 days. [1]"] * 2, held=1))
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: told.questions)
    told.go_on()
    with writing(here.home.engine) as connection:
        connection.execute(update(slack_questions).values(attempts=3))
    async with here.bot():
        await here.until(lambda: heard(here))
        await here.settled()
        await here.until(lambda: states(here)[0][2] == "")
    assert heard(here) == [slack_words.APOLOGY]
    assert states(here)[0][0] == "failed"


@pytest.mark.parametrize("fault", [drop_after(), http(500)], ids=["cut", "broken"])
async def test_an_answer_that_broke_off_is_not_said_twice(here: World, fault: Fault) -> None:
    here.slack.fail("response_url", fault)
    async with here.bot():
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: slack_words.MAY_HAVE_BEEN_SAID in heard(here))
        await here.settled()
    assert sum("27 days" in text for text in heard(here)) <= 1


async def test_a_command_that_slack_sends_twice_is_answered_once(here: World) -> None:
    async with here.bot():
        parcel = here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        here.slack.deliveries.send("slash_commands", parcel.payload)
        await here.until(lambda: heard(here))
        await here.slack.delivered()
        await here.settled()
    assert (len(heard(here)), len(states(here))) == (1, 1)


async def test_while_the_server_is_away_whoever_asks_is_told_so_at_once(here: World) -> None:
    async with here.bot(server="http://127.0.0.1:9"):
        parcel = here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: parcel.acknowledged)
        await here.until(lambda: heard(here))
    assert (heard(here), states(here)) == ([slack_words.AWAY], [])
