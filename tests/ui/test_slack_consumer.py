"""Events that Slack signs and sends over HTTP, and events that come in any order."""

import pytest

from tests.fake_slack.http_events import HttpEvents, Signature
from tests.serving import free_port
from tests.ui.slack_world import LEAVE, World, visible

pytestmark = pytest.mark.anyio
SECRET = "a" * 32


def over_http(here: World, port: int) -> HttpEvents:
    """Let Slack send to the bot's port from now on."""
    sender = HttpEvents(here.slack.workspace, f"http://127.0.0.1:{port}/slack/events", SECRET)
    here.slack.deliveries.carrier = sender
    return sender


async def test_signed_events_are_answered_and_a_replay_is_not_answered_again(here: World) -> None:
    port = free_port()
    async with here.bot(app_token="", signing_secret=SECRET, port=port):
        sender = over_http(here, port)
        question = here.slack.as_user("U1").dm(LEAVE)
        assert "27 days" in visible(await here.answered("DU1", question))
        await sender.raw(here.slack.workspace.outbox.sent[0])
        await sender.replay()
        await here.settled()
    assert len(here.answers("DU1", question)) == 1


@pytest.mark.parametrize("signature", [one for one in Signature if one is not Signature.GOOD], ids=lambda one: one.name)
async def test_an_event_that_is_not_signed_well_is_refused(here: World, signature: Signature) -> None:
    port = free_port()
    here.slack.workspace.outbox.sink = lambda envelope: None
    question = here.slack.as_user("U1").dm(LEAVE)
    async with here.bot(app_token="", signing_secret=SECRET, port=port):
        status, _ = await over_http(here, port).raw(here.slack.workspace.outbox.sent[0], signature)
        await here.settled()
    assert status == 401
    assert here.answers("DU1", question) == []


async def test_slack_can_verify_the_address(here: World) -> None:
    port = free_port()
    async with here.bot(app_token="", signing_secret=SECRET, port=port):
        assert await over_http(here, port).verify_url("abc") == (200, '{"challenge": "abc"}')


async def test_buttons_and_commands_come_over_http_too(here: World) -> None:
    port = free_port()
    async with here.bot(app_token="", signing_secret=SECRET, port=port):
        over_http(here, port)
        here.slack.as_user("U1").slash("C1", "/ask", LEAVE)
        await here.until(lambda: here.slack.workspace.ephemerals)
    assert "27 days" in visible(here.slack.workspace.ephemerals[0])


async def test_a_deletion_that_arrives_before_its_question_still_counts(here: World) -> None:
    here.slack.deliveries.reorder = 3
    async with here.bot():
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        here.slack.as_user("U1").delete("C1", question)
        await here.settled()
    assert here.posted_outside() == []


async def test_an_edit_before_the_bot_comes_is_what_is_answered(here: World) -> None:
    question = here.slack.as_user("U1").ask("C1", "How many days?")
    here.slack.as_user("U1").edit("C1", question, "<@UBOT> What may a hotel night in Lisbon cost?")
    async with here.bot():
        answer = await here.answered("C1", question)
        await here.settled()
    assert "140 euros" in visible(answer)
    assert len(here.answers("C1", question)) == 1


async def test_naming_the_bot_by_an_edit_asks_it(here: World) -> None:
    async with here.bot():
        question = here.slack.as_user("U1").post("C1", LEAVE)
        here.slack.as_user("U1").edit("C1", question, f"<@UBOT> {LEAVE}")
        assert "27 days" in visible(await here.answered("C1", question))


async def test_an_event_that_no_code_can_read_holds_up_no_other(here: World) -> None:
    async with here.bot():
        odd = {"type": "app_mention", "user": "U1", "channel": "no channel", "ts": "1.0", "text": "<@UBOT> How?"}
        here.slack.workspace.outbox.put(odd)
        here.slack.workspace.outbox.put({"type": "message", "subtype": "message_deleted", "deleted_ts": "../1"})
        question = here.slack.as_user("U1").ask("C1", LEAVE)
        assert "27 days" in visible(await here.answered("C1", question))
        await here.settled()
