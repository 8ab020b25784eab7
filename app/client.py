"""A typed client of the server, for front ends. Nothing here decides anything."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from app.events import AnswerEvent, Citation, from_json

AS_HEADER = "Frontdesk-As"
_CONNECT, _READ = 5.0, 600.0  # seconds
AWAY = "The server cannot be reached. Please try again in a minute, or ask whoever started it whether it is running."


class Unanswered(Exception):
    """The server could not be reached or refused; the text is one sentence for the user."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Me:
    """Who the server takes us for."""

    email: str
    name: str
    audiences: tuple[str, ...]
    documents: int


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation, as we may read it now."""

    role: str
    status: str
    text: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A source with what stands around the cited chunk."""

    uri: str
    title: str
    heading: str
    text: str
    before: str
    after: str
    contact: str


class Client:
    """Talks to one server for one person, or for somebody without identity."""

    def __init__(self, url: str, key: str, email: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} | ({AS_HEADER: email} if email else {})
        timeout = httpx.Timeout(_READ, connect=_CONNECT)
        # trust_env would send loopback requests through a proxy that the environment names.
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False)

    def ask(self, question: str, conversation: str = "") -> Iterator[AnswerEvent]:
        """Ask; the events of the answer as they come. Closing the iterator stops the answer."""
        body = {"question": question, "conversation": conversation}
        try:
            with self._http.stream("POST", "/api/ask", json=body) as response:
                if response.status_code != httpx.codes.OK:
                    response.read()
                    raise problem_of(response)
                for line in response.iter_lines():
                    if line.startswith("data:"):
                        yield from_json(line.removeprefix("data:").strip())
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc

    def me(self) -> Me:
        """Who the server takes us for."""
        data = self._get("/api/me")
        return Me(data["email"], data["name"], tuple(data["audiences"]), data["documents"])

    def ready(self) -> Mapping[str, Any]:
        """Whether the server is ready, from how many documents it answers, and with what."""
        found: Mapping[str, Any] = self._get("/readyz")
        return found

    def people(self) -> dict[str, str]:
        """The demo's people: names by address."""
        return {one["email"]: one["name"] for one in self._get("/api/people")}

    def transcript(self, conversation: str) -> list[Said]:
        """A conversation of ours."""
        return [
            Said(one["role"], one["status"], one["text"], tuple(Citation(**each) for each in one["citations"]))
            for one in self._get(f"/api/conversations/{conversation}")
        ]

    def forget(self, conversation: str) -> None:
        """Delete a conversation of ours."""
        self._request("DELETE", f"/api/conversations/{conversation}")

    def opened(self, chunk: str) -> Opened:
        """A source, authorised again."""
        return Opened(**self._get(f"/api/chunks/{chunk}"))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, path: str) -> Any:
        return self._request("GET", path).json()

    def _request(self, method: str, path: str) -> httpx.Response:
        try:
            response = self._http.request(method, path)
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc
        if response.is_error:
            raise problem_of(response)
        return response


def problem_of(response: httpx.Response) -> Unanswered:
    """What a response that is an error says."""
    try:
        body = response.json()
        return Unanswered(str(body["detail"]), response.status_code)
    except (json.JSONDecodeError, KeyError, TypeError):
        return Unanswered("The server gave an unexpected answer. Please try again", response.status_code)
