"""The server's routes for signing in, which only the page's process may use, and for one's own session."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.access import Action, authorize
from app.bootstrap import Home
from app.callers import Asking, Serving
from app.identity import accounts, links, sessions, sign_in
from app.identity.oidc import OpenIdConnect
from app.identity.sign_in import Newcomer
from app.identity.throttle import Throttle
from retrieval.access import ADMINS
from retrieval.errors import Missing, NotSignedIn

_TEXT = 512  # characters


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PasswordBody(_Body):
    """What somebody typed, and where from."""

    email: str = Field(max_length=_TEXT)
    password: str = Field(max_length=_TEXT)
    address: str = Field(default="", max_length=_TEXT)


class LinkBody(_Body):
    """A link for one use."""

    link: str = Field(max_length=_TEXT)


class UseBody(LinkBody):
    """What somebody chooses who has it; the first admin also says who they are."""

    password: str = Field(max_length=_TEXT)
    email: str = Field(default="", max_length=_TEXT)
    name: str = Field(default="", max_length=_TEXT)


class BackBody(_Body):
    """What the browser brings back from the provider, and what it kept meanwhile."""

    kept: str = Field(max_length=_TEXT)
    state: str = Field(max_length=_TEXT)
    code: str = Field(max_length=4 * _TEXT)


class ChangeBody(_Body):
    """The present password and the next."""

    old: str = Field(max_length=_TEXT)
    new: str = Field(max_length=_TEXT)


def _served(home: Serving, caller: Asking) -> Home:
    authorize(caller, Action.SIGN_IN)
    return home


def _throttle(request: Request) -> Throttle:
    return request.app.state.throttle  # type: ignore[no-any-return]


def _provider(request: Request) -> OpenIdConnect:
    found: OpenIdConnect | None = request.app.state.provider
    if found is None:
        raise Missing("No OpenID Connect is configured. docs/login.md tells how")
    return found


_Home = Annotated[Home, Depends(_served)]
_Throttling = Annotated[Throttle, Depends(_throttle)]
_Provider = Annotated[OpenIdConnect, Depends(_provider)]


def way_in(home: _Home) -> dict[str, Any]:
    """How people sign in here, and whether an admin can."""
    return {"login": home.settings.login, "has_admin": accounts.has_admin(home.engine)}


def by_password(body: PasswordBody, home: _Home, throttle: _Throttling) -> dict[str, str]:
    """A session for whoever knows the password."""
    _refuse_other_way(home, "local")
    return {"token": sign_in.with_password(home.engine, throttle, body.email, body.password, body.address)}


def look_at_link(body: LinkBody, home: _Home) -> dict[str, Any]:
    """For whom a link is, without using it."""
    _refuse_other_way(home, "local")
    email = links.look(home.engine, body.link)
    if email is None:
        raise Missing("This link was used already or has expired. Ask an admin for a new one")
    return {"email": email, "first": email == links.FIRST_ADMIN}


def by_link(body: UseBody, home: _Home) -> dict[str, str]:
    """A session for whoever has a link, with the password that they choose."""
    _refuse_other_way(home, "local")
    return {"token": sign_in.with_link(home.engine, body.link, Newcomer(body.password, body.email, body.name))}


def to_provider(_: _Home, provider: _Provider) -> dict[str, str]:
    """Where the browser signs in, and what it must bring back."""
    started = provider.start()
    return {"url": started.url, "kept": started.kept}


def from_provider(body: BackBody, home: _Home, provider: _Provider) -> dict[str, str]:
    """A session for whom the provider vouches."""
    return {"token": sign_in.as_provider_says(home.engine, provider.finish(body.kept, body.state, body.code))}


def session(home: Serving, caller: Asking) -> dict[str, Any]:
    """Who is signed in, for how the page greets them."""
    authorize(caller, Action.OWN_LOGIN)
    account = accounts.account_of(home.engine, caller.email)
    return {
        "email": caller.email,
        "name": account.name if account else "",
        "admin": ADMINS in caller.audiences,
        "has_password": bool(account and account.password),
    }


def sign_out(home: Serving, caller: Asking) -> Response:
    """End this session."""
    authorize(caller, Action.OWN_LOGIN)
    sessions.end(home.engine, caller.session)
    return Response(status_code=204)


def change_password(body: ChangeBody, home: Serving, caller: Asking, throttle: _Throttling) -> dict[str, str]:
    """Take a new password; every session ends but the one that this begins."""
    authorize(caller, Action.OWN_LOGIN)
    return {"token": sign_in.change_password(home.engine, throttle, caller.email, body.old, body.new)}


def _refuse_other_way(home: Home, login: str) -> None:
    if home.settings.login != login:
        raise NotSignedIn("People do not sign in with a password here")


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/login", "GET", way_in),
    ("/api/login/password", "POST", by_password),
    ("/api/login/link", "POST", look_at_link),
    ("/api/login/link/use", "POST", by_link),
    ("/api/login/oidc", "POST", to_provider),
    ("/api/login/oidc/back", "POST", from_provider),
    ("/api/session", "GET", session),
    ("/api/session", "DELETE", sign_out),
    ("/api/me/password", "PUT", change_password),
]
