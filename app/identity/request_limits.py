"""How much a request may send and how long it may take to, and the headers that every answer carries."""

from anyio import fail_after
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.door import problem

LARGEST = 2 * 2**20  # bytes; a question has 8,000 characters, a history many of them
# Routes that count by themselves, up to what such a file may have.
_UPLOADS = ("/api/uploads/", "/api/slack-exports/", "/api/admin/people", "/api/answers.csv")
_PATIENCE = 60.0  # seconds between two parts of what a client sends
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


_TOO_LARGE = f"A request may send {LARGEST // 2**20} MiB at most"
_TOO_SLOW = "What the request sends did not come in time"


class RequestLimits:
    """In front of everything else of the server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small and quick enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = None if scope["path"].startswith(_UPLOADS) else LARGEST
        stated = Headers(scope=scope).get("content-length", "")
        if limit and stated.isdecimal() and int(stated) > limit:
            await problem(413, "Too large", _TOO_LARGE)(scope, receive, _headed(send))
        else:
            await self._app(scope, _counted(receive, limit), _headed(send))


def _headed(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return with_headers


def _counted(receive: Receive, limit: int | None) -> Receive:
    """What comes in, until it is more than the limit or a part of it takes too long."""
    come, more = 0, True

    async def counted() -> Message:
        nonlocal come, more
        if not more:  # only the client's going away is still to come, whenever that is
            return await receive()
        try:
            with fail_after(_PATIENCE):
                message = await receive()
        except TimeoutError as exc:
            raise HTTPException(408, _TOO_SLOW) from exc
        come += len(message.get("body", b""))
        more = message.get("more_body", False)
        if limit is not None and come > limit:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return counted
