"""The fake Slack: one server on this machine with the Web API, Socket Mode, response_urls and files."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.fake_slack import (
    agents,
    apps,
    conversations,
    documents,
    files,
    oauth,
    people,
    reactions,
    streams,
    team,
    views,
)
from tests.fake_slack.admin import Admin
from tests.fake_slack.clock import PAUSE, Clock, ManualClock
from tests.fake_slack.deliveries import Deliveries
from tests.fake_slack.hooks import Hooks
from tests.fake_slack.http_events import HttpEvents
from tests.fake_slack.method import METHODS
from tests.fake_slack.person import Person
from tests.fake_slack.socket_mode import SocketMode
from tests.fake_slack.web_api import Record, WebApi
from tests.fake_slack.wire import JSON
from tests.fake_slack.workspace import Workspace

MODULES = (
    agents,
    apps,
    conversations,
    documents,
    files,
    oauth,
    people,
    reactions,
    streams,
    team,
    views,
)  # importing them fills METHODS


class FakeSlack:
    """A workspace and its server. `async with` starts and stops it."""

    def __init__(self, workspace: Workspace | None = None, *, strict: bool = True) -> None:
        self.workspace = workspace or Workspace()
        self.api = WebApi(self.workspace, strict=strict)
        self.api.before = lambda: streams.expire(self.workspace)
        self.sockets = SocketMode(self.workspace)
        self.deliveries = Deliveries(self.workspace, self.sockets)
        self.workspace.connection_url = self.sockets.open_url
        self.files = files.FileRoutes(self.workspace)
        self.hooks = Hooks(self.workspace, self.api.faults)
        self.admin = Admin(self.workspace)
        self.fail = self.api.faults.fail
        self.workspace.outbox.sink = self._send_event
        self._runner: web.AppRunner | None = None

    @property
    def clock(self) -> Clock:
        """The clock that drives everything."""
        return self.workspace.clock

    @property
    def base_url(self) -> str:
        """What the SDK's clients take as `base_url`."""
        return f"{self.workspace.url}/api/"

    async def start(self, port: int = 0) -> str:
        """Listen on this machine only; gives the `base_url`."""
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_route("*", "/api/{method}", self.api.serve)
        app.router.add_get("/link/", self.sockets.serve)
        app.router.add_get("/files-pri/{place}/{name}", self.files.download)
        app.router.add_get("/files-pri/{place}/download/{name}", self.files.download)
        app.router.add_post("/upload/v1/{id}", self.files.upload)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        for kind in ("actions", "commands"):
            app.router.add_post(f"/{kind}/{{id}}", self.hooks.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.workspace.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.deliveries.begin()
        return self.base_url

    async def stop(self) -> None:
        """Close every connection and stop; in a strict Slack, a call of a method that it does not have comes up now."""
        await self.deliveries.stop()
        await self.sockets.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self.api.unknown:
            raise AssertionError(f"Slack has no such methods: {sorted(set(self.api.unknown))}.")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.stop()

    def deliver_http(self, url: str, signing_secret: str) -> HttpEvents:
        """Send everything to this address from now on, signed, instead of over Socket Mode."""
        carrier = HttpEvents(self.workspace, url, signing_secret)
        self.deliveries.carrier = carrier
        return carrier

    def as_user(self, user: str) -> Person:
        """Act as this person."""
        return Person(self.workspace, self.workspace.users[user], self.hooks, self.deliveries.send)

    def calls(self, method: str = "") -> list[Record]:
        """The calls of this method so far, oldest first."""
        return self.api.calls(method)

    async def advance(self, seconds: float, pause: float = PAUSE) -> None:
        """Move the clock; whenever somebody wakes on the way, everybody gets `pause` real seconds to act."""
        if not isinstance(self.clock, ManualClock):
            raise TypeError("Only a ManualClock can be moved; this workspace runs by the time of this machine.")
        await self.clock.advance(seconds, pause)
        with self.workspace.lock:
            streams.expire(self.workspace)

    async def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait until this is true, by real time."""
        end = asyncio.get_running_loop().time() + seconds
        while not condition():
            if asyncio.get_running_loop().time() > end:
                raise TimeoutError(f"After {seconds} seconds this is still not so.")
            await asyncio.sleep(0.005)

    async def delivered(self, seconds: float = 5.0) -> None:
        """Wait until the fate of everything that was sent is known."""
        await self.until(lambda: not self.deliveries.under_way, seconds)

    async def _authorize(self, request: web.Request) -> web.Response:
        return await oauth.authorize(self.workspace, request)

    def _send_event(self, envelope: JSON) -> None:
        self.deliveries.send("events_api", envelope)


def known_methods() -> list[str]:
    """The methods that this Slack has."""
    return sorted(METHODS)
