"""A typed client of the server, for front ends. Nothing here decides anything."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from app.events import AnswerEvent, Citation, from_json
from retrieval.budget import TokenUse

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
    """Who the server takes us for; conversations are kept for so many days, 0: until somebody deletes them."""

    email: str
    name: str
    audiences: tuple[str, ...]
    documents: int
    keep_days: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation, as we may read it now."""

    role: str
    status: str
    text: str
    citations: tuple[Citation, ...]
    number: int = 0
    verdict: str = ""
    made: "Made | None" = None


@dataclass(frozen=True, slots=True)
class Made:
    """By which model an answer was made, from how many passages, and what had to be left out."""

    model: str
    passages: int
    tokens: TokenUse


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation; `place` is where it goes on, such as Slack, if not with its owner only."""

    id: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One of them with its messages. `in_progress`: the last question is being answered."""

    title: str
    place: str
    in_progress: bool
    messages: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a question is, and the most that is taken; `unit` is tokens or characters."""

    used: int
    most: int
    unit: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What an admin did that is about us."""

    at: str
    who: str
    what: str
    reason: str


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
    updated_at: str = ""
    effective_from: str = ""
    effective_until: str = ""
    has_original: bool = False


class Client:
    """Talks to one server for one person, or for somebody without identity."""

    def __init__(self, url: str, key: str, email: str = "") -> None:
        headers = {"Authorization": f"Bearer {key}"} | ({AS_HEADER: email} if email else {})
        timeout = httpx.Timeout(_READ, connect=_CONNECT)
        # trust_env would send loopback requests through a proxy that the environment names.
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, trust_env=False)

    def ask(self, question: str, conversation: str = "") -> Iterator[AnswerEvent]:
        """Ask; the events of the answer as they come. Closing the iterator stops the answer."""
        events = self._streamed("POST", "/api/ask", {"question": question, "conversation": conversation})
        return (event for event in events if event is not None)

    def begin(self, question: str, conversation: str = "", model: str = "", replaces: int = 0) -> str:
        """Ask; the answer goes on by itself. Returns its conversation.

        `replaces` is the number of an earlier question there: it and all after it go when this one is answered.
        """
        body = {"question": question, "conversation": conversation, "model": model, "replaces": replaces}
        return str(self._request("POST", "/api/questions", body).json()["conversation"])

    def measure(self, question: str, model: str = "") -> Size:
        """How large a question is. Raises Unanswered with the reason where it is too large."""
        body = {"question": question, "model": model}
        return Size(**self._request("POST", "/api/questions/measure", body).json())

    def follow(self, conversation: str) -> Iterator[AnswerEvent | None]:
        """The events of the answer in progress, from the first, and None again and again while none comes.

        Going away does not stop it.
        """
        return self._streamed("GET", f"/api/conversations/{conversation}/answer")

    def stop(self, conversation: str) -> None:
        """Stop the answer in progress; what was said is kept."""
        self._request("POST", f"/api/conversations/{conversation}/answer/stop")

    def _streamed(self, method: str, path: str, body: object = None) -> Iterator[AnswerEvent | None]:
        try:
            with self._http.stream(method, path, json=body) as response:
                if response.status_code != httpx.codes.OK:
                    response.read()
                    raise problem_of(response)
                for line in response.iter_lines():
                    if line.startswith("data:"):
                        yield from_json(line.removeprefix("data:").strip())
                    elif line.startswith(":"):  # the server says that it is still there
                        yield None
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc

    def me(self) -> Me:
        """Who the server takes us for."""
        data = self._get("/api/me")
        return Me(data["email"], data["name"], tuple(data["audiences"]), data["documents"], data["keep_days"])

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

    def conversations(self, search: str = "") -> list[Talk]:
        """Our conversations, the newest first; with `search`, those with these words in their titles."""
        found = self._get(f"/api/conversations?{httpx.QueryParams({'search': search})}")
        return [Talk(one["id"], one["title"], one["place"]) for one in found]

    def talk(self, conversation: str) -> Conversation:
        """A conversation of ours with everything that a page shows of it."""
        found = self._get(f"/api/conversations/{conversation}/talk")
        said = tuple(map(_said, found["messages"]))
        return Conversation(found["title"], found["place"], found["in_progress"], said)

    def rename(self, conversation: str, title: str) -> None:
        """Give a conversation of ours another title."""
        self._request("PATCH", f"/api/conversations/{conversation}", {"title": title})

    def delete_turn(self, conversation: str, number: int) -> None:
        """Delete a question of ours with its answer."""
        self._request("DELETE", f"/api/conversations/{conversation}/messages/{number}")

    def rate(self, conversation: str, number: int, verdict: str, reason: str = "") -> None:
        """Say what we think of an answer: good or bad."""
        path = f"/api/conversations/{conversation}/messages/{number}/verdict"
        self._request("PUT", path, {"verdict": verdict, "reason": reason})

    def suggestions(self, conversation: str) -> list[str]:
        """Questions that go on from the last answer."""
        return list(self._get(f"/api/conversations/{conversation}/suggestions"))

    def original(self, chunk: str) -> bytes:
        """The file that a cited passage comes from."""
        return self._request("GET", f"/api/chunks/{chunk}/original").content

    def pass_on(self, question: str, note: str, contact: str, *, named: bool) -> None:
        """Pass a question on to HR; `named`: they may see who asks."""
        self._request(
            "POST", "/api/hr-questions", {"question": question, "note": note, "contact": contact, "named": named}
        )

    def forget(self, conversation: str) -> None:
        """Delete a conversation of ours."""
        self._request("DELETE", f"/api/conversations/{conversation}")

    def forget_all(self) -> int:
        """Delete all that is kept about us besides documents; returns how many conversations went."""
        return int(self._request("DELETE", "/api/me/data").json()["conversations"])

    def seen_by_others(self) -> list[Noted]:
        """What admins did to our login, and which conversations of ours they read, with the reason."""
        names = ("at", "who", "what", "reason")
        return [Noted(*(str(one[name]) for name in names)) for one in self._get("/api/me/audit")]

    def opened(self, chunk: str) -> Opened:
        """A source, authorised again."""
        return Opened(**self._get(f"/api/chunks/{chunk}"))

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request, for the typed clients of further routes; `options` are httpx's."""
        try:
            response = self._http.request(method, path, **options)
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc
        if response.is_error:
            raise problem_of(response)
        return response

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _get(self, path: str) -> Any:
        return self._request("GET", path).json()

    def _request(self, method: str, path: str, body: object = None) -> httpx.Response:
        return self.send(method, path, json=body)


def _said(one: Mapping[str, Any]) -> Said:
    made = one["made"]
    return Said(
        one["role"],
        one["status"],
        one["text"],
        tuple(Citation(**each) for each in one["citations"]),
        one["number"],
        one["verdict"],
        Made(made["model"], made["passages"], TokenUse(**made["tokens"])),
    )


def problem_of(response: httpx.Response) -> Unanswered:
    """What a response that is an error says."""
    try:
        body = response.json()
        return Unanswered(str(body["detail"]), response.status_code)
    except (json.JSONDecodeError, KeyError, TypeError):
        return Unanswered("The server gave an unexpected answer. Please try again", response.status_code)
