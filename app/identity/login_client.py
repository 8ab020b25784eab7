"""A typed client of the server's routes for signing in, for the page's process. Nothing here decides anything."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from app.client import AWAY, Unanswered, problem_of

_PATIENCE = 20.0  # seconds; a provider may be slow


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in."""

    email: str
    name: str
    admin: bool
    has_password: bool


@dataclass(frozen=True, slots=True)
class Link:
    """For whom a link is; `first` is the first admin, who says who they are."""

    email: str
    first: bool


@dataclass(frozen=True, slots=True)
class Away:
    """Where the browser signs in, and what it must bring back from there."""

    url: str
    kept: str


class LoginClient:
    """Signs people in at one server; it holds the service's own key, and nobody's token for longer than a call."""

    def __init__(self, url: str, key_file: Path) -> None:
        self._http = httpx.Client(base_url=url, timeout=_PATIENCE, trust_env=False)
        self._key_file = key_file  # made by the server's first start, which may still go on

    def with_password(self, email: str, password: str, address: str) -> str:
        """A session's token."""
        return self._token("/api/login/password", {"email": email, "password": password, "address": address})

    def look(self, link: str) -> Link:
        """For whom a link is; it is not used by that."""
        found = self._request("POST", "/api/login/link", {"link": link})
        return Link(found["email"], found["first"])

    def with_link(self, link: str, password: str, email: str = "", name: str = "") -> str:
        """A session's token; the link is used up."""
        return self._token("/api/login/link/use", {"link": link, "password": password, "email": email, "name": name})

    def away(self) -> Away:
        """Begin to sign in at the company's provider."""
        return Away(**self._request("POST", "/api/login/oidc", {}))

    def back(self, kept: str, state: str, code: str) -> str:
        """A session's token for whoever comes back from there."""
        return self._token("/api/login/oidc/back", {"kept": kept, "state": state, "code": code})

    def who(self, token: str) -> SignedIn | None:
        """Who is signed in with this token; None for one that opens nothing."""
        try:
            return SignedIn(**self._request("GET", "/api/session", None, token))
        except Unanswered as exc:
            if exc.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                return None
            raise

    def sign_out(self, token: str) -> None:
        """End a session."""
        self._request("DELETE", "/api/session", None, token)

    def change_password(self, token: str, old: str, new: str) -> str:
        """Take a new password; returns the new session's token."""
        found = self._request("PUT", "/api/me/password", {"old": old, "new": new}, token)
        return str(found["token"])

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _token(self, path: str, body: dict[str, str]) -> str:
        return str(self._request("POST", path, body)["token"])

    def _request(self, method: str, path: str, body: dict[str, str] | None, token: str = "") -> dict[str, Any]:
        try:
            bearer = token or self._key_file.read_text(encoding="utf-8").strip()
            headers = {b"Authorization": f"Bearer {bearer}".encode()}
            response = self._http.request(method, path, json=body, headers=headers)
        except (httpx.HTTPError, OSError) as exc:
            raise Unanswered(AWAY) from exc
        if response.is_error:
            raise problem_of(response)
        return dict(response.json()) if response.content else {}
