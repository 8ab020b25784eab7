import asyncio
import json

import pytest
from aiohttp import ServerDisconnectedError
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack, faults

pytestmark = pytest.mark.anyio


def said(slack: FakeSlack) -> list[str]:
    return [message["text"] for message in slack.workspace.channels["C1"].messages.values()]


async def test_the_sdk_waits_as_long_as_it_is_told_and_tries_again(slack: FakeSlack, client: AsyncWebClient) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=1))
    slack.fail("chat.postMessage", faults.http429(0))
    await client.chat_postMessage(channel="C1", text="hello")
    assert [record.status for record in slack.calls("chat.postMessage")] == [429, 200]
    assert said(slack) == ["hello"]


async def test_an_error_in_a_good_response_is_an_error(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", faults.json_error("fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client.chat_postMessage(channel="C1", text="hello")
    assert said(slack) == []


@pytest.mark.parametrize("fault", [faults.http(503), faults.html_200(), faults.empty_body(), faults.truncated_json()])
async def test_a_broken_answer_is_an_error(fault: faults.Fault, slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("team.info", fault)
    with pytest.raises((SlackApiError, json.JSONDecodeError)):
        await client.team_info()
    assert (await client.team_info())["team"]["domain"] == "ws"


async def test_a_connection_that_drops_before_the_effect_loses_the_message(slack: FakeSlack) -> None:
    client = AsyncWebClient("xoxb-fake", base_url=slack.base_url, retry_handlers=[])
    slack.fail("chat.postMessage", faults.drop_before())
    with pytest.raises(ServerDisconnectedError):
        await client.chat_postMessage(channel="C1", text="hello")
    assert said(slack) == []


async def test_a_connection_that_drops_after_the_effect_makes_the_sdk_post_twice(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    slack.fail("chat.postMessage", faults.drop_after())
    await client.chat_postMessage(channel="C1", text="hello")
    assert said(slack) == ["hello", "hello"]


async def test_a_slow_answer_comes_when_the_clock_says_so(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("team.info", faults.slow(10, by_clock=True))
    asked = asyncio.ensure_future(client.team_info())
    await slack.until(lambda: slack.calls("team.info"))
    await slack.advance(9)
    assert not asked.done()
    await slack.advance(1)
    assert (await asked)["ok"]


async def test_a_fault_picks_its_calls_and_its_number_of_times(slack: FakeSlack, client: AsyncWebClient) -> None:
    fault = faults.json_error("internal_error")
    slack.fail("chat.postMessage", fault, times=2, when=lambda params: params["channel"] == "C2")
    await client.chat_postMessage(channel="C1", text="fine")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.chat_postMessage(channel="C2", text="not fine")
    await client.chat_postMessage(channel="C2", text="fine again")
    slack.fail("*", fault)
    slack.api.faults.clear()
    await client.team_info()


async def test_a_page_can_repeat_an_item_or_shift_or_come_empty(slack: FakeSlack, client: AsyncWebClient) -> None:
    person = slack.as_user("U1")
    for text in ("one", "two", "three"):
        person.post("C1", text)
    slack.fail("conversations.history", faults.duplicate_page_item())
    page = await client.conversations_history(channel="C1", limit=2)
    assert [message["text"] for message in page["messages"]] == ["three", "two", "two"]
    slack.fail("conversations.history", faults.shift_page(lambda: person.post("C1", "four")))
    first = await client.conversations_history(channel="C1", limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel="C1", limit=2, cursor=cursor)
    assert [message["text"] for message in second["messages"]] == ["two", "one"]  # "two" was on the first page, too
    slack.fail("conversations.history", faults.empty_page_with_cursor())
    empty = await client.conversations_history(channel="C1", limit=2)
    assert (empty["messages"], empty["has_more"]) == ([], True)
    slack.fail("conversations.history", faults.wrong_cursor())
    with pytest.raises(SlackApiError, match="invalid_cursor"):
        await client.conversations_history(channel="C1", cursor=cursor)
