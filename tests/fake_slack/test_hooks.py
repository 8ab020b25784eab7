import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def test_a_response_url_takes_five_answers(slack: FakeSlack) -> None:
    hook = AsyncWebhookClient(slack.as_user("U1").slash("C1", "/ask", "hello").payload["response_url"])
    answers = [await hook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert (answers[0].body, "used_url" in answers[5].body) == ("ok", True)
    assert [one["text"] for one in slack.workspace.ephemerals] == ["0", "1", "2", "3", "4"]


async def test_a_response_url_is_good_for_half_an_hour(slack: FakeSlack) -> None:
    hook = AsyncWebhookClient(slack.as_user("U1").slash("C1", "/ask", "hello").payload["response_url"])
    await slack.advance(1799)
    assert (await hook.send(text="in time")).status_code == 200
    await slack.advance(1)
    late = await hook.send(text="late")
    assert (late.status_code, "expired_url" in late.body) == (404, True)


async def test_a_response_url_can_answer_for_all_also_where_the_bot_is_no_member(slack: FakeSlack) -> None:
    hook = AsyncWebhookClient(slack.as_user("U1").slash("C3", "/ask", "hello").payload["response_url"])
    await hook.send(text="for all", response_type="in_channel")
    assert [one["text"] for one in slack.workspace.channels["C3"].messages.values()] == ["for all"]
