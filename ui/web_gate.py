"""The page's gate: which requests reach the page at all, and the headers that every answer of its process carries."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.client import Unanswered
from app.identity.login_client import SignedIn

_OPEN = {"/favicon.png", "/_stcore/health", "/login", "/logout", "/welcome"}
_OPEN_BELOW = ("/static/", "/oidc/")
_UPLOADS = "/_stcore/upload_file/"  # Streamlit keeps all of it in memory; only pages of admins ask for files
_HERE = {"127.0.0.1", "localhost", "::1"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers would hide the origin of our own forms too
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# Streamlit sets styles by script and its charts compile expressions; nothing comes from anywhere else.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
LOGIN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class House:
    """How people reach the page. `address` is what they type, empty on this machine only; `login` is none, local, oidc.

    `scripts` names inline scripts of the page's own that may run, as a content security policy does.
    """

    login: str = "none"
    address: str = ""
    host: str = "127.0.0.1"
    scripts: str = ""

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over TLS only."""
        return self.address.startswith("https://")

    @property
    def cookie(self) -> str:
        """The session cookie's name; the prefix makes browsers refuse one that another host set."""
        return "__Host-frontdesk_session" if self.secure else "frontdesk_session"

    def is_own(self, host: str) -> bool:
        """Whether this is a name under which people reach the page."""
        return _name(f"//{host}") in _HERE | {_name(self.address), self.host} - {""}


class Gate:
    """In front of the page. Without a login it looks at names and origins only."""

    def __init__(self, app: ASGIApp, house: House, who: Callable[[str], SignedIn | None]) -> None:
        self._app = app
        self._house = house
        self._who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, lead to the sign-in, or pass on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        answer = self._headed(send, scope["path"])
        refusal = await self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, answer)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, answer)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self._house.is_own(headers.get("host", "")):
            return PlainTextResponse("This page does not answer under that name. See `address` in the settings.", 421)
        if (scope["type"] == "websocket" or scope["method"] not in ("GET", "HEAD")) and not came_from_here(headers):
            return PlainTextResponse("Pages of other sites may not do this.", 403)
        is_open = scope["path"] in _OPEN or scope["path"].startswith(_OPEN_BELOW)
        if is_open or self._house.login == "none":
            return None
        return await self._unless_signed_in(scope, headers)

    async def _unless_signed_in(self, scope: Scope, headers: Headers) -> Response | None:
        token = HTTPConnection(scope).cookies.get(self._house.cookie, "")
        try:
            who = await run_sync(self._who, token) if token else None
            if who is not None:
                is_closed = scope["path"].startswith(_UPLOADS) and not who.admin
                return PlainTextResponse("Only admins send files.", 403) if is_closed else None
        except Unanswered as exc:
            return PlainTextResponse(str(exc), 503)
        if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            wanted = quote(scope["path"] + (f"?{query}" if query else ""))
            return RedirectResponse("/login" + ("" if wanted == "/" else f"?after={wanted}"), 303)
        return PlainTextResponse("Please sign in.", 401)

    def _headed(self, send: Send, path: str) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Content-Security-Policy", PAGE_POLICY.format(scripts=self._house.scripts))
                if self._house.secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
                if not path.startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        return with_headers


def came_from_here(headers: Headers) -> bool:
    """Whether the browser says that one of the page's own documents sent this; what says nothing is no browser."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return urlsplit(origin).netloc == headers.get("host", "")


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
