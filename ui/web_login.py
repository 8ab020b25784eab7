"""The page's own routes to sign in and out: they ask the server and put the session into a cookie."""

from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from app.client import Unanswered
from app.identity.login_client import LoginClient
from ui import login_page
from ui.web_gate import LOGIN_POLICY, House

_KEPT = "frontdesk_oidc"
_KEPT_SECONDS = 600
_LONGEST = 16 * 1024  # bytes of a form
_AGAIN = "Please begin again: this sign-in took too long, or was begun elsewhere."


class TooLarge(Exception):
    """More came than any of our forms sends."""


class Login:
    """The routes of one page."""

    def __init__(self, house: House, client: LoginClient) -> None:
        self._house = house
        self._client = client

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """What goes into the page's app; nothing where nobody signs in."""
        common = [Route("/logout", self.logout_asked), Route("/logout", self.logout, methods=["POST"])]
        if self._house.login == "local":
            return [
                Route("/login", self.login_asked),
                Route("/login", self.login, methods=["POST"]),
                Route("/welcome", self.welcome_asked),
                Route("/welcome", self.welcome, methods=["POST"]),
                Route("/account", self.account_asked),
                Route("/account", self.account, methods=["POST"]),
                *common,
            ]
        if self._house.login == "oidc":
            return [
                Route("/login", self.login_asked),
                Route("/oidc/start", self.away),
                Route("/oidc/callback", self.back),
                *common,
            ]
        return []

    async def login_asked(self, request: Request) -> Response:
        """The form, or the way to the provider."""
        after = login_page.safe_place(request.query_params.get("after", "/"))
        if self._house.login == "oidc":
            return _shown(login_page.with_provider(after))
        return _shown(login_page.sign_in("", after))

    async def login(self, request: Request) -> Response:
        """Address and password were typed."""
        form = await _form(request)
        after, email = login_page.safe_place(form.get("after", "/")), form.get("email", "")
        address = request.client.host if request.client else ""
        try:
            token = await run_sync(self._client.with_password, email, form.get("password", ""), address)
        except Unanswered as exc:
            return _shown(login_page.sign_in(email, after, _sentence(exc)), _status(exc))
        return await self._entered(request, token, after)

    async def welcome_asked(self, request: Request) -> Response:
        """A link for one use was opened; opening does not use it, since programs that scan mail open links too."""
        return await self._welcome(request.query_params.get("link", ""))

    async def welcome(self, request: Request) -> Response:
        """A password was chosen."""
        form = await _form(request)
        link, email, name = form.get("link", ""), form.get("email", ""), form.get("name", "")
        try:
            token = await run_sync(self._client.with_link, link, form.get("password", ""), email, name)
        except Unanswered as exc:
            return await self._welcome(link, _sentence(exc), email, name)
        return await self._entered(request, token, "/")

    async def account_asked(self, request: Request) -> Response:
        """Where one changes the password."""
        who = await run_sync(self._client.who, self._token(request))
        return _shown(login_page.account(who.email)) if who else RedirectResponse("/login", 303)

    async def account(self, request: Request) -> Response:
        """The password is to be changed."""
        form, token = await _form(request), self._token(request)
        who = await run_sync(self._client.who, token)
        if who is None:
            return RedirectResponse("/login", 303)
        try:
            new = await run_sync(self._client.change_password, token, form.get("old", ""), form.get("new", ""))
        except Unanswered as exc:
            return _shown(login_page.account(who.email, _sentence(exc)), _status(exc))
        response = _shown(login_page.account(who.email, done="Your password is changed."))
        self._remember(response, new)
        return response

    async def away(self, request: Request) -> Response:
        """To the company's own sign-in."""
        after = login_page.safe_place(request.query_params.get("after", "/"))
        try:
            away = await run_sync(self._client.away)
        except Unanswered as exc:
            return _shown(login_page.with_provider(after, _sentence(exc)), 503)
        response = RedirectResponse(away.url, 303)
        response.set_cookie(
            _KEPT, f"{away.kept}|{after}", _KEPT_SECONDS, secure=self._house.secure, httponly=True, samesite="lax"
        )
        return response

    async def back(self, request: Request) -> Response:
        """From there."""
        kept, _, after = request.cookies.get(_KEPT, "").partition("|")
        told, after = request.query_params, login_page.safe_place(after)
        if not kept or "code" not in told:
            return _shown(login_page.with_provider(after, _AGAIN), 401)
        try:
            token = await run_sync(self._client.back, kept, told.get("state", ""), told["code"])
        except Unanswered as exc:
            return _shown(login_page.with_provider(after, _sentence(exc)), _status(exc))
        response = await self._entered(request, token, after)
        response.delete_cookie(_KEPT)
        return response

    async def logout_asked(self, request: Request) -> Response:
        """Our own page asks; where another site's link may have led here, ask once more."""
        if request.headers.get("sec-fetch-site") == "same-origin":
            return await self.logout(request)
        return _shown(login_page.sign_out())

    async def logout(self, request: Request) -> Response:
        """End the session."""
        await self._leave(request)
        response = RedirectResponse("/login", 303)
        response.delete_cookie(self._house.cookie, secure=self._house.secure, httponly=True, samesite="lax")
        return response

    async def _welcome(self, link: str, failure: str = "", email: str = "", name: str = "") -> Response:
        try:
            found = await run_sync(self._client.look, link)
        except Unanswered as exc:
            return _shown(login_page.notice("This link does not open", _sentence(exc)), _status(exc))
        page = login_page.welcome(link, found.email or email, first=found.first, failure=failure, name=name)
        return _shown(page, 422 if failure else 200)

    async def _entered(self, request: Request, token: str, after: str) -> Response:
        """A new session in a new cookie; one that the browser brought along ends."""
        await self._leave(request)
        response = RedirectResponse(after, 303)
        self._remember(response, token)
        return response

    async def _leave(self, request: Request) -> None:
        token = self._token(request)
        if token:
            try:
                await run_sync(self._client.sign_out, token)
            except Unanswered as exc:
                if not exc.status:
                    raise

    def _token(self, request: Request) -> str:
        return request.cookies.get(self._house.cookie, "")

    def _remember(self, response: Response, token: str) -> None:
        response.set_cookie(self._house.cookie, token, secure=self._house.secure, httponly=True, samesite="lax")


async def on_unanswered(_request: Request, exc: Exception) -> Response:
    """The server cannot be reached."""
    return _shown(login_page.notice("Please try again", _sentence(exc)), 503)


async def on_too_large(_request: Request, _exc: Exception) -> Response:
    """A form that is none of ours."""
    return _shown(login_page.notice("That is too much", "The form holds more than it may."), 413)


HANDLERS: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
    Unanswered: on_unanswered,
    TooLarge: on_too_large,
}


async def _form(request: Request) -> dict[str, str]:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > _LONGEST:
            raise TooLarge
    return dict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))


def _shown(page: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(page, status, headers={"Content-Security-Policy": LOGIN_POLICY})


def _sentence(exc: Exception) -> str:
    text = str(exc)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _status(exc: Unanswered) -> int:
    return exc.status if exc.status in (401, 403, 404, 422, 429) else 503
