import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


async def refusal(work: object) -> str:
    with pytest.raises(SlackApiError) as caught:
        await work  # type: ignore[misc]
    return str(caught.value.response["error"])


async def test_the_bot_learns_who_it_is(client: AsyncWebClient) -> None:
    me = await client.auth_test()
    assert (me["team_id"], me["user_id"], me["bot_id"]) == ("T1", "UBOT", "BBOT")


async def test_a_token_that_was_never_given_out_is_refused(slack: FakeSlack) -> None:
    stranger = AsyncWebClient("xoxb-other", base_url=slack.base_url)
    assert await refusal(stranger.auth_test()) == "invalid_auth"
    assert await refusal(AsyncWebClient("", base_url=slack.base_url).auth_test()) == "not_authed"


async def test_a_token_expires_by_the_clock_and_can_be_taken_back(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.workspace.tokens.bot.expires_at = slack.clock.now() + 60
    assert (await client.auth_test())["expires_in"] == 60
    await slack.advance(60)
    assert await refusal(client.auth_test()) == "token_expired"
    slack.admin.revoke_token()
    assert await refusal(client.auth_test()) == "token_revoked"
    assert slack.workspace.outbox.sent[-1]["event"]["type"] == "tokens_revoked"


async def test_a_lacking_scope_is_named(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.admin.remove_scope("channels:history")
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_history(channel="C1")
    assert caught.value.response["error"] == "missing_scope"
    assert caught.value.response["needed"] == "channels:history"
    assert "groups:history" in caught.value.response["provided"]
    slack.admin.remove_scope("users:read")
    assert await refusal(client.users_info(user="U1")) == "missing_scope"


async def test_each_method_wants_its_kind_of_token(slack: FakeSlack, client: AsyncWebClient) -> None:
    app = AsyncWebClient("xapp-fake", base_url=slack.base_url)
    assert await refusal(client.apps_connections_open(app_token="xoxb-fake")) == "not_allowed_token_type"
    assert await refusal(app.users_list()) == "not_allowed_token_type"
    assert (await app.apps_connections_open(app_token="xapp-fake"))["url"].startswith("ws://127.0.0.1:")


async def test_a_method_that_slack_does_not_have_is_refused_and_comes_up_at_the_end() -> None:
    strict, lenient = FakeSlack(), FakeSlack(strict=False)
    for slack in (strict, lenient):
        client = AsyncWebClient("xoxb-fake", base_url=await slack.start())
        assert await refusal(client.api_call("chat.telepathy")) == "unknown_method"
    with pytest.raises(AssertionError, match="chat.telepathy"):
        await strict.stop()
    await lenient.stop()


async def test_arguments_are_read_from_query_form_and_json_alike(slack: FakeSlack) -> None:
    headers = {"Authorization": "Bearer xoxb-fake"}
    async with aiohttp.ClientSession(headers=headers) as session:
        sent = {"channel": "C1", "text": "from a form", "blocks": '[{"type":"divider"}]'}
        async with session.post(f"{slack.base_url}chat.postMessage", data=sent) as response:
            assert (await response.json())["message"]["blocks"][0]["type"] == "divider"
        async with session.post(f"{slack.base_url}chat.postMessage?channel=C1&text=from+a+query") as response:
            assert (await response.json())["message"]["text"] == "from a query"
        async with session.post(
            f"{slack.base_url}chat.postMessage", json={"channel": "C1", "text": "json"}
        ) as response:
            answer = await response.json()
            assert answer["message"]["text"] == "json"
            assert answer["warning"] == "missing_charset"
            assert response.headers["x-oauth-scopes"]
        async with session.post(
            f"{slack.base_url}chat.postMessage", data=b"{", headers={"Content-Type": "application/json"}
        ) as response:
            assert (await response.json())["error"] == "invalid_json"


async def test_every_call_is_on_record_with_its_answer(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="C1", text="one")
    assert await refusal(client.chat_postMessage(channel="C9", text="two")) == "channel_not_found"
    first, second = slack.calls("chat.postMessage")
    assert (first.params["text"], first.response["ok"]) == ("one", True)
    assert (second.params["channel"], second.response["error"]) == ("C9", "channel_not_found")
    assert first.token == "xoxb-fake"


async def test_what_is_missing_is_said(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json={"text": "where?"})
    assert caught.value.response["error"] == "invalid_arguments"
    assert caught.value.response["response_metadata"]["messages"] == ["[ERROR] missing required field: channel"]


async def test_calls_beyond_the_rate_are_told_how_long_to_wait(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.api.rates.on = True
    for _ in range(20):
        await client.users_list()
    with pytest.raises(SlackApiError) as caught:
        await client.users_list()
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "3"
    await slack.advance(3)
    await client.users_list()


async def test_posts_are_counted_by_channel(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.api.rates.on = True
    for _ in range(5):
        await client.chat_postMessage(channel="C1", text="x")
    assert await refusal(client.chat_postMessage(channel="C1", text="x")) == "ratelimited"
    await client.chat_postMessage(channel="C2", text="x")


async def test_a_vendors_app_reads_history_once_a_minute_and_fifteen_messages(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    for number in range(20):
        slack.as_user("U1").post("C1", str(number))
    slack.workspace.restricted_history = True
    first = await client.conversations_history(channel="C1", limit=999)
    assert (len(first["messages"]), first["has_more"]) == (15, True)
    assert await refusal(client.conversations_history(channel="C1")) == "ratelimited"
    await slack.advance(60)
    await client.conversations_history(channel="C1")
