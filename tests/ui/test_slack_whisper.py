"""Saying something to one person alone, also when the address that Slack gave is good no more."""

import asyncio

import pytest

from app.slack_client import SlackQuestion
from tests.fake_slack import FakeSlack
from tests.fake_slack.faults import Fault, drop_after, http, http429
from tests.ui.slack_alone import Alone
from ui.slack_calls import SlackUnsure
from ui.slack_whisper import Whisper

pytestmark = pytest.mark.anyio


def asked(slack: FakeSlack, channel: str = "C1") -> SlackQuestion:
    payload = slack.as_user("U1").slash(channel, "/ask", "hello").payload
    trigger, url = payload["trigger_id"], payload["response_url"]
    what = {"text": "hello", "via": "command", "state": "answering", "worker": "w", "attempts": 1, "streaming": False}
    empty = dict.fromkeys(("answer_ts", "conversation", "answer"), "")
    return SlackQuestion("T1", channel, trigger, trigger, "U1", reply_url=url, **what, **empty)  # type: ignore[arg-type]


def heard(slack: FakeSlack) -> list[tuple[str, str]]:
    return [(one["shown_to"], one["text"]) for one in slack.workspace.ephemerals]


async def test_it_is_said_at_the_address_that_slack_gave(lone: Alone) -> None:
    await Whisper(lone.calls, asked(lone.slack))(text="27 days")
    assert (heard(lone.slack), lone.slack.calls("chat.postEphemeral")) == ([("U1", "27 days")], [])


async def test_after_half_an_hour_it_is_said_in_the_channel(lone: Alone) -> None:
    question = asked(lone.slack)
    await lone.slack.advance(1_800)
    await Whisper(lone.calls, question)(text="27 days")
    assert (heard(lone.slack), len(lone.slack.calls("chat.postEphemeral"))) == ([("U1", "27 days")], 1)


async def test_where_we_are_not_in_the_channel_it_is_then_said_directly(lone: Alone) -> None:
    lone.slack.workspace.add_channel("C7", "elsewhere", ["U1"])
    question = asked(lone.slack, "C7")
    await lone.slack.advance(1_800)
    await Whisper(lone.calls, question)(text="27 days")
    assert heard(lone.slack) == []
    assert [one["text"] for one in lone.slack.workspace.channels["DU1"].messages.values()] == ["27 days"]


async def test_the_sixth_time_it_is_said_another_way(lone: Alone) -> None:
    whisper = Whisper(lone.calls, asked(lone.slack))
    for number in range(7):
        await whisper(text=str(number))
    assert [text for _, text in heard(lone.slack)] == [str(number) for number in range(7)]
    assert len(lone.slack.calls("chat.postEphemeral")) == 2


async def test_slack_is_waited_for_when_it_wants_it(lone: Alone) -> None:
    lone.slack.fail("response_url", http429(2))
    saying = asyncio.create_task(Whisper(lone.calls, asked(lone.slack))(text="27 days"))
    while not saying.done():
        await lone.slack.advance(1)
    assert heard(lone.slack) == [("U1", "27 days")]


@pytest.mark.parametrize("fault", [drop_after(), http(500)], ids=["cut", "broken"])
async def test_what_broke_off_is_not_said_again(lone: Alone, fault: Fault) -> None:
    lone.slack.fail("response_url", fault)
    with pytest.raises(SlackUnsure):
        await Whisper(lone.calls, asked(lone.slack))(text="27 days")
    assert len(heard(lone.slack)) <= 1
