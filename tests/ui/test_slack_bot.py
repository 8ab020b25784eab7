"""Events on their way to the bot: told twice, late, without an acknowledgement, over broken connections."""

import asyncio
import os
import signal
import subprocess

import pytest

from app.processes import slack_command, slack_environment
from app.settings import Settings
from tests.serving import free_port, served
from tests.ui.slack_world import LEAVE, Told, World, visible

pytestmark = [pytest.mark.anyio, pytest.mark.heavy]


async def test_a_mention_gets_one_answer_although_slack_tells_of_it_twice(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        answer = await here.answered("C1", question)
        await here.settled()
    assert [event["event"]["type"] for event in here.slack.workspace.outbox.sent[:2]] == ["message", "app_mention"]
    assert "27 days of annual leave" in visible(answer)
    assert "Annual leave" in visible(answer)
    assert len(here.answers("C1", question)) == 1
    assert here.posted_outside() == []


@pytest.mark.parametrize("first", [0, 1], ids=["message first", "mention first"])
async def test_a_mention_whose_second_event_comes_after_its_answer_is_not_answered_again(
    here: World, first: int
) -> None:
    here.slack.workspace.outbox.sink = lambda envelope: None
    question = here.slack.as_user("U1").ask("C1", LEAVE)
    events = here.slack.workspace.outbox.sent[:2]
    async with here.bot():
        here.slack.deliveries.send("events_api", events[first])
        await here.answered("C1", question)
        await here.settled()
        here.slack.deliveries.send("events_api", events[1 - first])
        await here.settled()
    assert len(here.answers("C1", question)) == 1


async def test_a_model_that_takes_ten_seconds_delays_no_acknowledgement(here: World) -> None:
    told = here.answering_with(Told(["Wait. ", "Here it is. [1]"], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: told.questions)
        await here.slack.advance(10)
        told.go_on()
        await here.answered("C1", question)
        await here.settled()
    assert [len(parcel.sent_at) for parcel in here.slack.deliveries.parcels[:2]] == [1, 1]
    assert max(parcel.latency or 0 for parcel in here.slack.deliveries.acknowledged) < 3


async def test_an_event_that_comes_again_is_answered_once(here: World) -> None:
    here.slack.sockets.dropped_acks = 2
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.answered("C1", question)
        await here.slack.advance(4)
        await here.settled()
    assert [len(parcel.sent_at) for parcel in here.slack.deliveries.parcels[:2]] == [2, 2]
    assert len(here.answers("C1", question)) == 1


async def test_a_copy_of_an_event_under_another_id_is_answered_once(here: World) -> None:
    here.slack.deliveries.copies, here.slack.deliveries.copies_look_new = 3, True
    async with here.bot():
        question = here.slack.as_user("U1").dm(LEAVE)
        await here.answered("DU1", question)
        await here.settled()
    assert len(here.slack.deliveries.acknowledged) >= 4
    assert len(here.answers("DU1", question)) == 1


async def test_an_event_that_comes_again_after_a_restart_is_answered_once(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.answered("C1", question)
        await here.settled()
    async with here.bot():
        for envelope in here.slack.workspace.outbox.sent[:2]:
            here.slack.deliveries.send("events_api", envelope)
        await here.settled()
    assert len(here.answers("C1", question)) == 1


async def test_an_answer_goes_on_while_slack_changes_the_connection(here: World) -> None:
    told = here.answering_with(Told(["Wait. ", "Here it is. [1]"], held=1))
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: told.questions)
        leaving = asyncio.create_task(here.slack.sockets.disconnect("warning"))
        await here.until(lambda: here.slack.sockets.opened == 2)
        second = here.slack.as_user("U2").ask("C1", LEAVE)
        told.go_on()
        await here.answered("C1", question)
        await here.answered("C1", second)
        await here.slack.advance(11)
        await leaving
    assert len(here.answers("C1", question)) == 1


@pytest.mark.parametrize("breaks", ["abort", "half_open"])
async def test_a_broken_connection_is_replaced_and_nothing_is_lost(here: World, breaks: str) -> None:
    async with here.bot(ping_seconds=0.3):
        getattr(here.slack.sockets, breaks)()
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.until(lambda: here.slack.sockets.opened >= 2)
        await here.slack.advance(400)
        await here.answered("C1", question)
        await here.settled()
    assert len(here.answers("C1", question)) == 1


async def test_nothing_is_acknowledged_while_the_server_is_away(here: World) -> None:
    port = free_port()
    async with here.bot(server=f"http://127.0.0.1:{port}"):
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.slack.advance(4)
        assert here.slack.deliveries.acknowledged == []
        with served(here.home, port):
            await here.slack.advance(60)
            await here.answered("C1", question)
            await here.settled()
    assert len(here.slack.deliveries.acknowledged) >= 2
    assert len(here.answers("C1", question)) == 1


async def test_events_that_nobody_knows_are_acknowledged(here: World) -> None:
    here.slack.workspace.outbox.subscribed.add("brand_new_event")
    async with here.bot():
        here.slack.workspace.outbox.put({"type": "brand_new_event", "event_ts": "1.0"})
        here.slack.as_user("U1").slash("C1", "/unknown", "x")
        await here.settled()
    assert here.slack.deliveries.dead_letters == []
    assert len(here.slack.deliveries.acknowledged) == 2


def process(here: World, token: str) -> "subprocess.Popen[bytes]":
    """The bot as `frontdesk slack` starts it."""
    tokens = {"slack_bot_token": token, "slack_app_token": "xapp-fake", "slack_api": here.slack.base_url}
    settings = Settings(home=here.home.settings.home, port=int(here.server.rpartition(":")[2]), **tokens)  # type: ignore[arg-type]
    return subprocess.Popen(slack_command(), env=slack_environment(settings), stderr=subprocess.PIPE)


async def test_the_process_answers_until_it_is_told_to_stop(here: World) -> None:
    bot = process(here, "xoxb-fake")
    try:
        await here.until(lambda: here.slack.sockets.connections)
        assert "27 days" in visible(await here.answered("C1", here.slack.as_user("U1").ask("C1", LEAVE)))
        bot.send_signal(signal.SIGTERM)
        _, said = await asyncio.to_thread(bot.communicate, None, 20)
    finally:
        bot.kill()
    assert (bot.returncode, said) == (0, b"")


async def test_the_process_says_in_one_sentence_that_its_token_is_wrong(here: World) -> None:
    bot = process(here, "xoxb-wrong")
    try:
        _, said = await asyncio.to_thread(bot.communicate, None, 20)
    finally:
        bot.kill()
    assert bot.returncode == os.EX_CONFIG
    assert said.decode() == (
        "Error: Slack does not accept the bot's token (invalid_auth). Run: frontdesk slack check\n"
    )


@pytest.mark.parametrize("frame", ["{broken", '{"type":"brand_new"}', b"\x00\x01"])
async def test_an_odd_frame_does_no_harm(here: World, frame: str | bytes) -> None:
    async with here.bot():
        await here.until(lambda: here.slack.sockets.connections)
        await here.slack.sockets.send_raw(frame)
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        await here.answered("C1", question)
