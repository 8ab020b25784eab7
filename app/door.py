"""The locked door: who gets past it, and how errors look from outside (RFC 9457 problem documents)."""

import logging
import os
import secrets
from collections.abc import Callable, Collection
from pathlib import Path
from urllib.parse import urlsplit

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.identity.bearer import Bearer
from retrieval.errors import FrontdeskError, TooMany, Unusable

_log = logging.getLogger(__name__)
_OPEN = "/healthz"
_OWN_NAMES = {"127.0.0.1", "localhost", "::1"}
KEY_FILE = "service.key"


def service_key(home: Path) -> str:
    """The home's key, made at first use; only its owner can read the file."""
    path = home / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        path.chmod(0o600)
    key = path.read_text().strip()
    if not key:
        raise Unusable(f"The service key {path} is empty. Delete the file; a new one is made at the next start")
    return key


class Door:
    """Lets requests pass that bring a valid token to one of this server's own names, and nothing else.

    Whose token it is lies in the request's state; what that one may do is decided by `authorize`.
    """

    def __init__(self, app: ASGIApp, bearer_of: Callable[[str], Bearer | None], names: Collection[str]) -> None:
        self._app = app
        self._bearer_of = bearer_of
        self._names = _OWN_NAMES | set(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] == _OPEN):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        bearer = await self._bearer(headers)
        refusal = _no_bearer() if bearer is None else self._refusal(headers)
        if refusal is None:
            scope.setdefault("state", {})["bearer"] = bearer
            await self._app(scope, receive, send)
        else:
            await refusal(scope, receive, send)

    async def _bearer(self, headers: Headers) -> Bearer | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return await run_sync(self._bearer_of, token.strip()) if scheme.lower() == "bearer" else None

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        if _host(f"//{headers.get('host', '')}") not in self._names:
            return problem(403, "Wrong host", "This server does not answer under that name")
        origin = headers.get("origin")
        if origin is not None and _host(origin) not in self._names:
            return problem(403, "Wrong origin", "Pages of other sites may not ask this server")
        return None


def _no_bearer() -> JSONResponse:
    response = problem(401, "A bearer key is needed", "Send a valid key as Authorization: Bearer KEY, or sign in again")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def problem(status: int, title: str, detail: str) -> JSONResponse:
    """An error as a problem document with an id, never a stack trace."""
    error = secrets.token_hex(4)
    _log.info("Problem %s: %s %s", error, status, title)
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "id": error}
    body["error"] = {"message": detail, "type": title, "code": error}  # where OpenAI's clients look for it
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


async def on_error(_request: Request, exc: Exception) -> JSONResponse:
    """Our own errors say what a user may read; of others only the id goes out, the trace into the log."""
    if isinstance(exc, FrontdeskError):
        response = problem(exc.status, type(exc).__name__, exc.user_message)
        if isinstance(exc, TooMany):
            response.headers["Retry-After"] = str(exc.seconds)
        return response
    response = problem(500, "Internal error", "Something went wrong. Please try again")
    _log.error("Unexpected error", exc_info=exc)
    return response
