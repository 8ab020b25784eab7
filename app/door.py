"""The locked door: who gets past it, and how errors look from outside (RFC 9457 problem documents)."""

import logging
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from retrieval.errors import FrontdeskError, Unusable

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
    """Lets requests with the service key pass that come to this machine's own name, and nothing else."""

    def __init__(self, app: ASGIApp, key: str) -> None:
        self._app = app
        self._key = key.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on."""
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] == _OPEN):
            await self._app(scope, receive, send)
            return
        problem_ = self._refusal(Headers(scope=scope))
        if problem_ is None:
            await self._app(scope, receive, send)
        else:
            await problem_(scope, receive, send)

    def _refusal(self, headers: Headers) -> JSONResponse | None:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not secrets.compare_digest(given.strip().encode(), self._key):
            response = problem(401, "A bearer key is needed", "Send the key of the home as Authorization: Bearer KEY")
            response.headers["WWW-Authenticate"] = "Bearer"
            return response
        if _host(f"//{headers.get('host', '')}") not in _OWN_NAMES:
            return problem(403, "Wrong host", "This server answers on 127.0.0.1 only")
        origin = headers.get("origin")
        if origin is not None and _host(origin) not in _OWN_NAMES:
            return problem(403, "Wrong origin", "Pages of other sites may not ask this server")
        return None


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
        return problem(exc.status, type(exc).__name__, exc.user_message)
    response = problem(500, "Internal error", "Something went wrong. Please try again")
    _log.error("Unexpected error", exc_info=exc)
    return response
