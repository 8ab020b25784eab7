"""The Slack bot: its parts put together, and the process that runs them: `python -m ui.slack_bot`.

Started by `frontdesk slack` or `frontdesk up`, which tell it by environment where the server is, and the tokens.
Every event is stored by the server before it is acknowledged; where the server is away, Slack sends it again.
"""

import asyncio
import logging
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from app.client import Unanswered
from app.slack_client import SlackClient
from ui.slack_answer import Links
from ui.slack_answering import Answering
from ui.slack_calls import Calls, Clock, RealClock, SlackAway, SlackRefused
from ui.slack_clicks import Clicks
from ui.slack_consumer import Consumer
from ui.slack_events import Ourselves
from ui.slack_home import Home
from ui.slack_news import news
from ui.slack_private import Private
from ui.slack_readers import Readers
from ui.slack_rooms import Rooms

_log = logging.getLogger(__name__)
_HOST = "127.0.0.1"
_PATH = "/slack/events"
_CALL_SECONDS = 20.0
_CLOSE_SECONDS = 3.0
_TRY_AGAIN = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Setup:
    """What the bot is told. With an app-level token it opens a connection to Slack, else Slack calls its port."""

    server: str
    key: str
    bot_token: str
    app_token: str
    signing_secret: str
    api: str
    port: int
    links: Links


@asynccontextmanager
async def running(setup: Setup, clock: Clock, ping_seconds: float = 5.0) -> AsyncIterator[None]:
    """The bot, connected and at work until the block ends. A connection that answers no ping is replaced."""
    timeout = aiohttp.ClientTimeout(total=_CALL_SECONDS)
    async with SlackClient(setup.server, setup.key) as server, aiohttp.ClientSession(timeout=timeout) as session:
        client = AsyncWebClient(
            setup.bot_token,
            base_url=setup.api,
            session=session,
            retry_handlers=[],
            logger=logging.Logger("slack_sdk", logging.CRITICAL + 1),  # it would log what people wrote
        )
        calls = Calls(client, clock)
        we = await ourselves(calls)
        readers = Readers(calls, we.team)
        home = Home(server, calls, readers, we.team, setup.links.page)
        private = Private(server, calls, readers, setup.links, we.team)
        answering = Answering(server, calls, readers, we, setup.links, private)
        rooms = Rooms(server, readers, we.team)
        consumer = Consumer(server, we, readers, answering, home, rooms)
        app = _app(setup, client, we)
        app.use(_stored_first(server, consumer))
        Clicks(server, calls, we, home, private, setup.links, answering.wake).register(app)
        app.event(re.compile(""))(_known)
        async with asyncio.TaskGroup() as group:  # when one of them breaks, all end, and it is told
            work = [group.create_task(part.run()) for part in (consumer, answering, rooms)]
            try:
                async with _listening(app, setup, ping_seconds):
                    yield
            finally:
                for task in work:
                    task.cancel()


async def ourselves(calls: Calls) -> Ourselves:
    """Who the token makes us."""
    found = await calls("auth.test")
    return Ourselves(str(found["team_id"]), str(found["user_id"]), str(found["bot_id"]))


def _app(setup: Setup, client: AsyncWebClient, we: Ourselves) -> AsyncApp:
    async def authorize() -> AuthorizeResult:
        # Bolt would ask Slack at each start, and answer Slack with a sentence for people when it fails.
        return AuthorizeResult(
            enterprise_id=None, team_id=we.team, bot_id=we.bot, bot_user_id=we.user, bot_token=setup.bot_token
        )

    # It would warn at each start that the client's token is not asked, which is what we want.
    quiet = logging.Logger("slack_bolt", logging.ERROR)
    return AsyncApp(
        client=client, authorize=authorize, signing_secret=setup.signing_secret, name="frontdesk", logger=quiet
    )


def _stored_first(server: SlackClient, consumer: Consumer) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def store(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> BoltResponse | None:  # noqa: A002
        if body.get("type") == "event_callback":
            try:
                await server.store_event(body["event_id"], body["team_id"], body["event"]["type"], body)
            except Unanswered as exc:
                _log.warning("An event could not be stored, Slack will send it again: %s", exc)
                return BoltResponse(status=503, body="")
            consumer.wake()
        await next()
        return None

    return store


async def _known() -> None:
    """Every event is read from the inbox; here it is only acknowledged."""


@asynccontextmanager
async def _listening(app: AsyncApp, setup: Setup, ping_seconds: float) -> AsyncIterator[None]:
    if setup.app_token:
        handler = AsyncSocketModeHandler(app, setup.app_token, ping_interval=ping_seconds)
        try:
            await handler.connect_async()
            yield
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await handler.close_async()
        return
    served = app.web_app(path=_PATH, port=setup.port)
    served.middlewares.append(_refuse_odd_times)
    runner = web.AppRunner(served, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, setup.port).start()
        yield
    finally:
        await runner.cleanup()


@web.middleware
async def _refuse_odd_times(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Bolt breaks on a time that is no number."""
    if not re.fullmatch(r"[0-9]{1,12}", request.headers.get("X-Slack-Request-Timestamp", "0")):
        return web.json_response({"error": "invalid request"}, status=401)
    return await handler(request)


def _setup(environment: Mapping[str, str]) -> Setup:
    told = {name: environment.get(f"FRONTDESK_SLACK_{name.upper()}", "") for name in _TOLD}
    links = Links(environment.get("FRONTDESK_PAGE", ""), told["hr_channel"])
    return Setup(
        environment["FRONTDESK_SERVER"],
        Path(environment["FRONTDESK_KEY_FILE"]).read_text().strip(),
        told["bot_token"],
        told["app_token"],
        told["signing_secret"],
        told["api"],
        int(told["port"]),
        links,
    )


_TOLD = ("bot_token", "app_token", "signing_secret", "api", "port", "hr_channel")


async def _run(setup: Setup) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    while not ended.is_set():
        try:
            async with running(setup, RealClock()):
                _log.info("Connected to Slack")
                await ended.wait()
        except SlackAway as exc:
            _log.warning("Slack cannot be reached: %s", exc)
            await news(ended, _TRY_AGAIN)


def main() -> int:
    """Run until told to stop."""
    logging.basicConfig(
        level=os.environ.get("LOG_LEVEL", "ERROR").upper(), format="%(levelname)s %(name)s: %(message)s"
    )
    try:
        asyncio.run(_run(_setup(os.environ)))
    except SlackRefused as exc:
        sys.stderr.write(f"Error: Slack does not accept the bot's token ({exc.error}). Run: frontdesk slack check\n")
        return os.EX_CONFIG  # whoever started us need not try again
    return 0


if __name__ == "__main__":
    sys.exit(main())
