import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.fake_slack import FakeSlack

pytestmark = pytest.mark.anyio


class App:
    """What came in over the socket; `answers` says whether it acknowledges."""

    def __init__(self, slack: FakeSlack) -> None:
        web = AsyncWebClient("xapp-fake", base_url=slack.base_url)
        self.socket = SocketModeClient("xapp-fake", web_client=web, ping_interval=0.1)
        self.socket.logger.setLevel(logging.CRITICAL)
        self.socket.socket_mode_request_listeners.append(self._hear)
        self.heard: list[SocketModeRequest] = []
        self.answers = True

    async def _hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if self.answers:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    @property
    def event_ids(self) -> list[str]:
        return [request.payload["event_id"] for request in self.heard]

    @property
    def texts(self) -> list[str]:
        return [request.payload["event"]["text"] for request in self.heard]


@pytest.fixture
async def app(slack: FakeSlack) -> AsyncIterator[App]:
    made = App(slack)
    await made.socket.connect()
    await slack.until(lambda: slack.sockets.connections)
    yield made
    await made.socket.close()


async def test_an_acknowledged_event_comes_once(slack: FakeSlack, app: App) -> None:
    slack.as_user("U1").post("C1", "hello")
    await slack.delivered()
    await slack.advance(400)
    assert [request.retry_attempt for request in app.heard] == [0]
    assert slack.deliveries.acknowledged[0].latency == 0


async def test_an_event_without_acknowledgement_comes_again_in_a_new_envelope(slack: FakeSlack, app: App) -> None:
    app.answers = False
    slack.as_user("U1").post("C1", "hello")
    await slack.until(lambda: app.heard)
    await slack.advance(3)
    await slack.until(lambda: len(app.heard) == 2)
    assert [(one.retry_attempt, one.retry_reason) for one in app.heard] == [(0, ""), (1, "timeout")]
    await slack.advance(500)
    await slack.until(lambda: len(app.heard) == 4)
    assert [one.retry_attempt for one in app.heard] == [0, 1, 2, 3]
    assert len(set(app.event_ids)) == 1
    assert len({one.envelope_id for one in app.heard}) == 4
    (letter,) = slack.deliveries.dead_letters
    assert [time - letter.sent_at[0] for time in letter.sent_at] == [0, 3, 60, 300]


async def test_a_lost_acknowledgement_makes_the_event_come_again(slack: FakeSlack, app: App) -> None:
    slack.sockets.dropped_acks = 1
    slack.as_user("U1").post("C1", "hello")
    await slack.until(lambda: app.heard)
    await slack.until(lambda: slack.sockets.dropped_acks == 0)
    await slack.advance(3)
    await slack.delivered()
    assert [one.retry_attempt for one in app.heard] == [0, 1]


async def test_copies_come_with_the_same_or_another_event_id(slack: FakeSlack, app: App) -> None:
    slack.deliveries.copies = 2
    slack.as_user("U1").post("C1", "one")
    await slack.until(lambda: len(app.heard) == 3)
    assert len(set(app.event_ids)) == 1
    slack.deliveries.copies, slack.deliveries.copies_look_new = 1, True
    slack.as_user("U1").post("C1", "two")
    await slack.until(lambda: len(app.heard) == 5)
    assert len(set(app.event_ids)) == 3


async def test_events_can_come_in_another_order_or_late(slack: FakeSlack, app: App) -> None:
    slack.deliveries.reorder = 3
    for text in ("one", "two", "three"):
        slack.as_user("U1").post("C1", text)
    await slack.until(lambda: len(app.heard) == 3)
    assert app.texts == ["three", "two", "one"]
    slack.deliveries.delay = 30
    slack.as_user("U1").post("C1", "late")
    await slack.advance(29)
    assert len(app.heard) == 3
    await slack.advance(1)
    await slack.until(lambda: app.texts[-1] == "late")


async def test_after_a_warning_the_app_comes_back_and_loses_nothing(slack: FakeSlack, app: App) -> None:
    goodbye = asyncio.ensure_future(slack.sockets.disconnect("warning", grace=10))
    slack.as_user("U1").post("C1", "meanwhile")
    await slack.delivered()
    await slack.advance(10)
    await goodbye
    assert app.texts == ["meanwhile"]
    assert slack.sockets.opened == 2


async def test_after_an_abort_the_event_comes_over_the_next_connection(slack: FakeSlack, app: App) -> None:
    slack.sockets.abort()
    slack.as_user("U1").post("C1", "meanwhile")
    await slack.delivered()
    assert app.texts == ["meanwhile"]
    assert slack.sockets.opened == 2


async def test_a_half_open_connection_answers_no_ping_and_takes_no_acknowledgement(slack: FakeSlack, app: App) -> None:
    slack.sockets.half_open()
    slack.as_user("U1").post("C1", "hello")
    await slack.until(lambda: app.heard)
    await asyncio.sleep(0.05)
    assert slack.deliveries.acknowledged == []
    await slack.until(lambda: slack.sockets.opened == 2)  # no pong came, so the client connects again


async def test_frames_that_nobody_understands_do_no_harm(slack: FakeSlack, app: App) -> None:
    for frame in ('{"type":"news"}', "{", b"\x00\x01"):
        await slack.sockets.send_raw(frame)
    slack.as_user("U1").post("C1", "hello")
    await slack.delivered()
    assert app.texts == ["hello"]


async def test_a_ticket_opens_one_connection_and_not_for_long(slack: FakeSlack) -> None:
    web = AsyncWebClient("xapp-fake", base_url=slack.base_url)
    async with ClientSession() as session:
        used, old = [(await web.apps_connections_open(app_token="xapp-fake"))["url"] for _ in range(2)]
        async with session.ws_connect(used) as socket:
            assert (await socket.receive_json())["num_connections"] == 1
        with pytest.raises(WSServerHandshakeError, match="404"):
            await session.ws_connect(used)
        await slack.advance(30)
        with pytest.raises(WSServerHandshakeError, match="404"):
            await session.ws_connect(old)


async def test_the_eleventh_connection_is_sent_away(slack: FakeSlack) -> None:
    async with ClientSession() as session:
        held = [await session.ws_connect(slack.sockets.open_url()) for _ in range(10)]
        socket = await session.ws_connect(slack.sockets.open_url())
        assert (await socket.receive_json())["reason"] == "too_many_websockets"
        assert [one.closed for one in held] == [False] * 10


async def test_opening_a_connection_can_be_refused(slack: FakeSlack) -> None:
    slack.sockets.refusals = ["internal_error"]
    web = AsyncWebClient("xapp-fake", base_url=slack.base_url)
    with pytest.raises(SlackApiError, match="internal_error"):
        await web.apps_connections_open(app_token="xapp-fake")
    await web.apps_connections_open(app_token="xapp-fake")
