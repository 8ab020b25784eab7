"""The Socket Mode server: tickets, connections, envelopes that want an acknowledgement and come again without one."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import WSMsgType, web

from tests.fake_slack.clock import within
from tests.fake_slack.parcel import ACK_SECONDS, Outcome, Parcel
from tests.fake_slack.wire import JSON, SlackError
from tests.fake_slack.workspace import Workspace

TICKET_SECONDS = 30.0
MOST_CONNECTIONS = 10


@dataclass(eq=False)
class Connection:
    """One websocket of the app."""

    socket: web.WebSocketResponse
    request: web.Request
    deaf: bool = False


class SocketMode:
    """The server's side of Socket Mode. Its switches make the next deliveries go wrong in the ways real ones do."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tickets: dict[str, float] = {}
        self._waiting: dict[tuple[str, Connection], asyncio.Future[JSON]] = {}
        self._opened = asyncio.Event()
        self.connections: list[Connection] = []
        self.opened = 0  # connections ever
        self.refusals: list[str] = []  # errors for the next calls of apps.connections.open
        self.dropped_acks = 0  # so many of the next acknowledgements are lost

    def open_url(self) -> str:
        """What apps.connections.open answers."""
        if self.refusals:
            raise SlackError(self.refusals.pop(0))
        ticket = str(uuid.uuid4())
        self._tickets[ticket] = self._workspace.clock.now() + TICKET_SECONDS
        app = self._workspace.bot.app
        return f"{self._workspace.url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={app}"

    async def attempt(self, parcel: Parcel, number: int) -> Outcome:
        """Send one envelope over any connection and wait for its acknowledgement."""
        clock = self._workspace.clock
        if not self.connections:
            self._opened.clear()
            await within(clock, ACK_SECONDS, self._opened.wait())
        if not self.connections:
            return _UNHEARD
        connection = self._workspace.random.choice(self.connections)
        envelope = _envelope(parcel, number)
        key = (envelope["envelope_id"], connection)
        self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            await connection.socket.send_json(envelope)
            answer = await within(clock, ACK_SECONDS, self._waiting[key])
        except ConnectionError:
            await clock.sleep(ACK_SECONDS)
            return _UNHEARD
        finally:
            del self._waiting[key]
        return _UNHEARD if answer is None else Outcome(acknowledged=True, response=answer.get("payload"))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The route of the websockets."""
        expires = self._tickets.pop(request.query.get("ticket", ""), 0.0)
        if expires <= self._workspace.clock.now():
            return web.Response(status=404)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return socket
        connection = Connection(socket, request)
        self.connections.append(connection)
        self.opened += 1
        await socket.send_json(self._hello())
        self._opened.set()
        try:
            await self._listen(connection)
        finally:
            self._forget(connection)
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            while connection.deaf:
                await asyncio.sleep(0.05)
            if frame.type is WSMsgType.PING:
                await connection.socket.pong(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._acknowledge(connection, frame.data)

    def _acknowledge(self, connection: Connection, text: str) -> None:
        try:
            answer: Any = json.loads(text)
        except ValueError:
            return
        key = (answer.get("envelope_id", ""), connection) if isinstance(answer, dict) else ("", connection)
        waiting = self._waiting.get(key)
        if waiting is None or waiting.done():
            return
        if self.dropped_acks:
            self.dropped_acks -= 1
            return
        waiting.set_result(answer)

    def _hello(self) -> JSON:
        debug = {"host": "applink-1", "started": "2023-11-14 22:13:20.000", "build_number": 54}
        return {
            "type": "hello",
            "connection_info": {"app_id": self._workspace.bot.app},
            "num_connections": len(self.connections),
            "debug_info": debug | {"approximate_connection_time": 18060},
        }

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    async def send_raw(self, frame: str | bytes) -> None:
        """Send a frame that no envelope is in: of an unknown type, malformed, or binary."""
        for connection in self.connections:
            if isinstance(frame, bytes):
                await connection.socket.send_bytes(frame)
            else:
                await connection.socket.send_str(frame)

    async def disconnect(self, reason: str = "warning", grace: float = 10.0) -> None:
        """Announce the end of each connection, and close it when the grace is over; a new one is welcome meanwhile."""
        leaving = list(self.connections)
        for connection in leaving:
            self._forget(connection)
            await connection.socket.send_json(_goodbye(reason))
        await self._workspace.clock.sleep(grace)
        for connection in leaving:
            await connection.socket.close(code=1000)

    def abort(self) -> None:
        """Break each connection without a word."""
        for connection in list(self.connections):
            self._forget(connection)
            if connection.request.transport is not None:
                connection.request.transport.abort()

    def half_open(self) -> None:
        """Keep each connection, but read nothing from it any more and answer no ping."""
        for connection in self.connections:
            connection.deaf = True

    async def stop(self) -> None:
        """Close everything."""
        for connection in list(self.connections):
            connection.deaf = False
            await connection.socket.close(code=1001)


_UNHEARD = Outcome(acknowledged=False, reason="timeout")


def _envelope(parcel: Parcel, number: int) -> JSON:
    envelope: JSON = {"envelope_id": str(uuid.uuid4()), "type": parcel.kind, "payload": parcel.payload}
    if parcel.kind != "events_api":
        return envelope | {"accepts_response_payload": True}
    retry = {"retry_attempt": number, "retry_reason": "timeout" if number else ""}
    return envelope | retry | {"accepts_response_payload": False}


def _goodbye(reason: str) -> JSON:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
