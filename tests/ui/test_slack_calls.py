"""Calls to Slack that wait, come again, or say that nobody knows whether they worked."""

import asyncio
from typing import Any

import pytest

from tests.fake_slack.faults import (
    Fault,
    drop_after,
    drop_before,
    empty_body,
    html_200,
    http,
    http429,
    json_error,
    truncated_json,
    wrong_cursor,
)
from tests.ui.slack_alone import Alone
from ui.slack_calls import SlackAway, SlackRefused, SlackUnsure

pytestmark = pytest.mark.anyio


async def passing(lone: Alone, method: str, **arguments: Any) -> Any:
    """The call, while the clock goes on."""
    calling = asyncio.create_task(lone.calls(method, **arguments))
    while not calling.done():
        await lone.slack.advance(1)
    return await calling


@pytest.mark.parametrize(
    "fault",
    [http429(1), http429(None), http429("soon"), json_error("ratelimited"), json_error("rate_limited")],
    ids=["429", "429 without a time", "429 with an odd time", "ratelimited", "rate_limited"],
)
async def test_a_busy_slack_is_asked_again_even_for_what_must_not_be_done_twice(lone: Alone, fault: Fault) -> None:
    lone.slack.fail("chat.postMessage", fault)
    posted = await passing(lone, "chat.postMessage", channel="C1", text="hello")
    assert posted["ok"]
    assert [message["text"] for message in lone.said()] == ["hello"]


@pytest.mark.parametrize(
    "fault",
    [http(500), http(503), html_200(), drop_before(), truncated_json(), empty_body(), json_error("fatal_error")],
)
async def test_reading_comes_again_after_a_break(lone: Alone, fault: Fault) -> None:
    lone.slack.fail("conversations.info", fault)
    assert (await passing(lone, "conversations.info", channel="C1"))["channel"]["name"] == "general"


@pytest.mark.parametrize("fault", [http(500), drop_after(), truncated_json(), json_error("internal_error")])
async def test_posting_does_not_come_again_after_a_break(lone: Alone, fault: Fault) -> None:
    lone.slack.fail("chat.postMessage", fault)
    with pytest.raises(SlackUnsure):
        await passing(lone, "chat.postMessage", channel="C1", text="hello")
    assert len(lone.slack.calls("chat.postMessage")) == 1


async def test_what_stays_broken_is_given_up(lone: Alone) -> None:
    lone.slack.fail("conversations.info", http(500), times=99)
    with pytest.raises(SlackAway):
        await passing(lone, "conversations.info", channel="C1")
    assert len(lone.slack.calls("conversations.info")) == 4


async def test_a_refusal_says_why_and_what_is_missing(lone: Alone) -> None:
    lone.slack.admin.remove_scope("chat:write")
    with pytest.raises(SlackRefused) as refused:
        await lone.calls("chat.postMessage", channel="C1", text="hello")
    assert (refused.value.error, refused.value.needed) == ("missing_scope", "chat:write")


async def test_all_pages_are_read(lone: Alone) -> None:
    members = await lone.calls.all("conversations.members", "members", channel="C1", limit=1)
    assert members == ["U1", "U2", "UBOT"]


async def test_a_cursor_that_aged_begins_anew_without_doubling(lone: Alone) -> None:
    lone.slack.fail("conversations.members", wrong_cursor(), when=lambda params: bool(params.get("cursor")))
    members = await lone.calls.all("conversations.members", "members", channel="C1", limit=2)
    assert members == ["U1", "U2", "UBOT"]
