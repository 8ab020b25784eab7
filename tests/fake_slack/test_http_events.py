"""Signed requests to the real slack_bolt behind the real aiohttp server."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack
from tests.fake_slack.http_events import HttpEvents, Signature

pytestmark = pytest.mark.anyio
JSON = dict[str, Any]


async def listening(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"


@pytest.fixture
async def app(client: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=client, signing_secret="secret")


@pytest.fixture
async def sender(slack: FakeSlack, app: AsyncApp) -> AsyncIterator[HttpEvents]:
    runner, url = await listening(app.web_app("/slack/events"))
    yield slack.deliver_http(url, "secret")
    await runner.cleanup()


async def test_events_and_commands_arrive_signed(slack: FakeSlack, app: AsyncApp, sender: HttpEvents) -> None:
    seen: list[str] = []

    async def heard(event: JSON) -> None:
        seen.append(event["text"])

    async def asked(ack: AsyncAck, command: JSON) -> None:
        seen.append(command["text"])
        await ack("One moment")

    app.event("message")(heard)
    app.command("/ask")(asked)
    slack.as_user("U1").post("C1", "hello")
    await slack.delivered()
    slack.as_user("U1").slash("C1", "/ask", "days & nights")
    await slack.delivered()
    assert seen == ["hello", "days & nights"]
    assert [one["text"] for one in slack.workspace.ephemerals] == ["One moment"]


@pytest.mark.parametrize("signature", [Signature.BAD, Signature.STALE, Signature.FUTURE, Signature.MISSING])
async def test_a_request_that_slack_did_not_sign_just_now_is_refused(
    signature: Signature, slack: FakeSlack, sender: HttpEvents
) -> None:
    forged = slack.workspace.outbox.envelope({"type": "message", "channel": "C1", "text": "hello"})
    assert (await sender.raw(forged, signature))[0] == 401


async def test_the_url_is_verified_and_the_certificate_checked(sender: HttpEvents) -> None:
    assert await sender.verify_url("abc") == (200, '{"challenge": "abc"}')
    assert (await sender.ssl_check())[0] == 200
    assert (await sender.rate_limited())[0] in (200, 404)


async def test_a_replay_is_the_same_request_again(slack: FakeSlack, app: AsyncApp, sender: HttpEvents) -> None:
    seen: list[str] = []

    async def heard(body: JSON) -> None:
        seen.append(body["event_id"])

    app.event("message")(heard)
    slack.as_user("U1").post("C1", "hello")
    await slack.delivered()
    assert (await sender.replay())[0] == 200
    await slack.until(lambda: len(seen) == 2)
    assert len(set(seen)) == 1


class Deaf:
    """An app that answers as it is told, and remembers the headers of each request."""

    def __init__(self, status: int, headers: dict[str, str] | None = None, seconds: float = 0) -> None:
        self.heard: list[tuple[str, str]] = []
        self._status, self._headers, self._seconds = status, headers, seconds

    async def serve(self, request: web.Request) -> web.Response:
        self.heard.append(
            (request.headers.get("X-Slack-Retry-Num", ""), request.headers.get("X-Slack-Retry-Reason", ""))
        )
        await asyncio.sleep(self._seconds)
        return web.Response(status=self._status, headers=self._headers)

    async def listen(self) -> tuple[web.AppRunner, str]:
        app = web.Application()
        app.router.add_post("/slack/events", self.serve)
        return await listening(app)


async def test_an_app_that_fails_gets_the_event_three_times_more(slack: FakeSlack) -> None:
    deaf = Deaf(500)
    runner, url = await deaf.listen()
    slack.deliver_http(url, "secret")
    slack.as_user("U1").post("C1", "hello")
    await slack.advance(301, pause=0.2)
    assert deaf.heard == [("", ""), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len(slack.deliveries.dead_letters) == 1
    await runner.cleanup()


async def test_an_app_can_ask_for_no_more_retries(slack: FakeSlack) -> None:
    deaf = Deaf(503, {"X-Slack-No-Retry": "1"})
    runner, url = await deaf.listen()
    slack.deliver_http(url, "secret")
    slack.as_user("U1").post("C1", "hello")
    await slack.until(lambda: slack.deliveries.dead_letters)
    await slack.advance(301)
    assert len(deaf.heard) == 1
    await runner.cleanup()


async def test_silence_and_an_absent_app_have_their_own_reasons(slack: FakeSlack) -> None:
    deaf = Deaf(200, seconds=0.5)
    runner, url = await deaf.listen()
    slack.deliver_http(url, "secret")
    slack.as_user("U1").post("C1", "hello")
    await slack.until(lambda: deaf.heard)
    await slack.advance(3)
    await slack.until(lambda: len(deaf.heard) == 2)
    assert deaf.heard[1] == ("1", "http_timeout")
    await runner.cleanup()
    slack.as_user("U1").post("C1", "anybody there?")
    absent = slack.deliveries.parcels[-1]
    await slack.until(lambda: absent.outcome.reason)
    assert absent.outcome.reason == "connection_failed"
