"""Buttons and dialogs: feedback, asking HR, choices in the home tab."""

from typing import Any

import pytest
from sqlalchemy import select

from app import slack_choices
from app.tables import feedback
from tests.fake_slack import FakeSlack
from tests.ui.slack_world import LEAVE, World, visible
from ui import slack_words
from ui.slack_buttons import ASK_HR, FEEDBACK

pytestmark = pytest.mark.anyio


def verdicts(here: World) -> list[tuple[str, str, str]]:
    with here.home.engine.connect() as connection:
        rows = connection.execute(select(feedback))
        return [(row.who, row.verdict, row.reason) for row in rows]


def modals(slack: FakeSlack) -> list[dict[str, Any]]:
    return [view for view in slack.workspace.views.values() if view["type"] == "modal"]


async def answered(here: World) -> dict[str, Any]:
    return await here.answered("C1", here.slack.as_user("U1").ask("C1", LEAVE))


async def test_a_helpful_answer_is_noted_with_thanks_to_the_one_who_clicked(here: World) -> None:
    async with here.bot():
        answer = await answered(here)
        here.slack.as_user("U2").click("C1", answer["ts"], FEEDBACK, "good")
        await here.until(lambda: here.slack.workspace.ephemerals)
    assert verdicts(here) == [("ben@example.test", "good", "")]
    (thanks,) = here.slack.workspace.ephemerals
    assert (thanks["text"], thanks["shown_to"]) == (slack_words.THANKS_GOOD, "U2")


async def test_a_bad_answer_asks_for_a_reason_and_is_kept_once_however_often_one_clicks(here: World) -> None:
    async with here.bot():
        answer = await answered(here)
        for _ in range(2):
            here.slack.as_user("U2").click("C1", answer["ts"], FEEDBACK, "bad")
        await here.until(lambda: len(modals(here.slack)) == 2)
        await here.until(lambda: verdicts(here) == [("ben@example.test", "bad", "")])
        parcel = here.slack.as_user("U2").submit(modals(here.slack)[0]["id"], reason="It is 28 days.")
        await here.until(lambda: verdicts(here) == [("ben@example.test", "bad", "It is 28 days.")])
        await here.until(lambda: parcel.acknowledged)


async def test_a_dialog_that_comes_too_late_loses_no_verdict(here: World) -> None:
    async with here.bot():
        answer = await answered(here)
        here.slack.workspace.triggers.clear()
        click = here.slack.as_user("U2").click("C1", answer["ts"], FEEDBACK, "bad")
        here.slack.workspace.triggers.clear()
        await here.until(lambda: verdicts(here) == [("ben@example.test", "bad", "")])
        await here.until(lambda: click.acknowledged)


async def test_asking_hr_shows_first_what_hr_will_see(here: World) -> None:
    async with here.bot():
        answer = await answered(here)
        here.slack.as_user("U1").click("C1", answer["ts"], ASK_HR)
        await here.until(lambda: modals(here.slack))
        (dialog,) = modals(here.slack)
        assert LEAVE in visible({"text": "", **dialog})
        assert "Annual leave" in visible({"text": "", **dialog})
        assert not here.slack.workspace.channels["C9"].messages
        here.slack.as_user("U1").submit(dialog["id"], note="I work part time, <!channel>.")
        await here.until(lambda: "DU1" in here.slack.workspace.channels and here.slack.workspace.direct("U1").messages)
    (asked,) = here.slack.workspace.channels["C9"].messages.values()
    assert "<@U1>" in asked["text"]
    assert LEAVE in visible(asked)
    assert "Annual leave" in visible(asked)
    assert "I work part time, &lt;!channel&gt;." in visible(asked)
    (told,) = here.slack.workspace.channels["DU1"].messages.values()
    assert told["text"] == slack_words.TO_HR


async def test_without_a_channel_of_hr_there_is_no_button(here: World) -> None:
    async with here.bot(links=type(here.setup.links)()):
        answer = await answered(here)
    assert "Ask HR" not in visible(answer)
    assert "Continue on the web" not in visible(answer)


async def test_members_of_a_channel_let_the_bot_answer_there_unasked(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").open_home()
        await here.until(lambda: here.slack.workspace.homes)
        home = here.slack.workspace.homes["U1"]
        here.slack.deliveries.send("interactive", chosen("U1", "C1", home))
        await here.until(lambda: slack_choices.open_channels(here.home.engine, "T1") == {"C1"})
        await here.until(lambda: "<#C1>" in visible({"text": "", **here.slack.workspace.views[home]}))
        here.slack.as_user("U1").click_view(home, "close_channel")
        await here.until(lambda: not slack_choices.open_channels(here.home.engine, "T1"))


async def test_somebody_from_outside_a_channel_may_not_choose_that(here: World) -> None:
    async with here.bot():
        here.slack.deliveries.send("interactive", chosen("U2", "C2", "V1"))
        await here.until(lambda: "DU2" in here.slack.workspace.channels)
        await here.until(lambda: here.slack.workspace.channels["DU2"].messages)
    assert slack_choices.open_channels(here.home.engine, "T1") == frozenset()


async def test_leaving_ones_messages_out_is_a_click_in_the_home_tab(here: World) -> None:
    async with here.bot():
        here.slack.as_user("U1").open_home()
        await here.until(lambda: here.slack.workspace.homes)
        home = here.slack.workspace.homes["U1"]
        here.slack.as_user("U1").click_view(home, "opt_out")
        await here.until(lambda: slack_choices.opted_out(here.home.engine, "T1") == {"U1"})
        await here.until(lambda: "Allow it again" in visible({"text": "", **here.slack.workspace.views[home]}))
        here.slack.as_user("U1").click_view(home, "opt_in")
        await here.until(lambda: not slack_choices.opted_out(here.home.engine, "T1"))


def chosen(user: str, channel: str, view: str) -> dict[str, Any]:
    """What Slack sends when somebody chooses a channel in the home tab."""
    action = {"type": "conversations_select", "action_id": "open_channel", "block_id": "choose_channel"}
    return {
        "type": "block_actions",
        "user": {"id": user, "team_id": "T1"},
        "team": {"id": "T1", "domain": "ws"},
        "api_app_id": "A1",
        "token": "verification-token",
        "trigger_id": "1.2.3",
        "container": {"type": "view", "view_id": view},
        "view": {"id": view, "type": "home"},
        "actions": [action | {"selected_conversation": channel}],
    }
