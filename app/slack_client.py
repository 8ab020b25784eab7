"""An async, typed client of the server's routes for Slack, and the values that travel on them. Decides nothing."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, Self

import httpx

from app.client import AS_HEADER, AWAY, Opened, Said, Unanswered, problem_of
from app.events import AnswerEvent, Citation, from_json

Kind = Literal["public", "private", "direct"]
State = Literal["accepted", "answering", "answered", "refused", "failed", "dropped"]
Via = Literal["mention", "direct", "thread", "channel", "shortcut", "command", "button"]
Consumer = Literal["answering", "syncing"]
Verdict = Literal["good", "bad"]

_CONNECT, _READ = 5.0, 600.0  # seconds; an answer may take long to begin,
_SHORT = httpx.Timeout(30.0, connect=_CONNECT)  # everything else does not
_API = "/api/slack"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in Slack. `email` is empty unless Slack confirmed it; a stranger belongs to another company."""

    user: str
    email: str = ""
    guest: bool = False
    stranger: bool = False
    bot: bool = False


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """A raw event of Slack, numbered in the order in which it was stored."""

    seq: int
    id: str
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A message that asks us. `thread` is the ts of the message that begins its thread: its own where it is alone.

    What one person alone is answered (command, shortcut, button) is no message: the id of its trigger stands for ts and
    thread. `reply_url` is the address that Slack gave for the answer, `reply_thread` where it is shown.
    """

    team: str
    channel: str
    ts: str
    thread: str
    asker: str
    text: str
    via: Via
    reply_url: str = ""
    reply_thread: str = ""


@dataclass(frozen=True, slots=True)
class SlackQuestion:
    """A question as it stands. The text is kept until there is an answer; `answer` is `CONVERSATION:NUMBER`.

    `answer_ts` is our message in Slack, `streaming` whether Slack still waits for its end.
    """

    team: str
    channel: str
    ts: str
    thread: str
    asker: str
    text: str
    via: str
    state: State
    worker: str
    answer_ts: str
    streaming: bool
    conversation: str
    answer: str
    attempts: int
    reply_url: str = ""
    reply_thread: str = ""

    @property
    def is_whispered(self) -> bool:
        """Whether one person alone sees the answer."""
        return self.via in ("command", "shortcut", "button")

    def held_by(self, worker: str) -> bool:
        """Whether this worker is to go on answering; else it was dropped, or another worker has it."""
        return self.state == "answering" and self.worker == worker


@dataclass(frozen=True, slots=True)
class Asking:
    """A question with everybody who will see the answer. `readers` is None where Slack did not tell them."""

    team: str
    channel: str
    thread: str
    asker: Reader
    readers: Sequence[Reader] | None
    kind: Kind
    ephemeral: bool
    question: str


@dataclass(frozen=True, slots=True)
class Readable:
    """What somebody in Slack may read."""

    documents: int
    audiences: tuple[str, ...]


class SlackClient:
    """Talks to one server as the service itself. Close it when done, or use it as a context."""

    def __init__(self, url: str, key: str) -> None:
        timeout = httpx.Timeout(_READ, connect=_CONNECT)
        headers = {"Authorization": f"Bearer {key}"}
        # trust_env would send loopback requests through a proxy that the environment names.
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def store_event(self, event_id: str, team: str, kind: str, body: Mapping[str, Any]) -> bool:
        """Put a raw event into the inbox; whether it is a new one. It is stored when this returns."""
        stored = {"id": event_id, "team": team, "type": kind, "body": body}
        return bool((await self._send("POST", f"{_API}/events", stored))["new"])

    async def events(self, consumer: Consumer, limit: int = 100) -> list[InboxEvent]:
        """What this consumer has not passed yet, oldest first."""
        found = await self._send("GET", f"{_API}/events?consumer={consumer}&limit={limit}")
        return [InboxEvent(**one) for one in found["events"]]

    async def advance(self, consumer: Consumer, seq: int) -> None:
        """This consumer is done with everything up to here."""
        await self._send("PUT", f"{_API}/cursors/{consumer}", {"seq": seq})

    async def accept(self, question: NewQuestion) -> Literal["accepted", "known", "none"]:
        """Take a question on: known is one that was there before, none is not for us."""
        state: Literal["accepted", "known", "none"] = (await self._send("POST", f"{_API}/questions", asdict(question)))[
            "state"
        ]
        return state

    async def claim(self, worker: str) -> SlackQuestion | None:
        """The next question for this worker. One whose state is failed was tried too often: only say so."""
        found = (await self._send("POST", f"{_API}/questions/claim", {"worker": worker}))["question"]
        return SlackQuestion(**found) if found else None

    async def beat(self, question: SlackQuestion, worker: str, **known: str | bool) -> SlackQuestion:
        """Say that the worker lives, and what is known by now: answer_ts, streaming, conversation.

        Returns the question as it stands; see `held_by`.
        """
        return await self._change(question, {"worker": worker, **known})

    async def finish(self, question: SlackQuestion, worker: str, state: State, answer: str = "") -> SlackQuestion:
        """Note the outcome: answered, refused, failed or dropped. `answer` is the event's `answer_id`."""
        ended = {"worker": worker, "state": state, "streaming": False} | ({"answer": answer} if answer else {})
        return await self._change(question, ended)

    async def drop(self, question: SlackQuestion | NewQuestion, worker: str) -> SlackQuestion:
        """Its message was deleted: it gets no answer, whoever has it."""
        return await self._change(question, {"worker": worker, "state": "dropped"})

    async def reword(self, question: SlackQuestion | NewQuestion, worker: str, text: str) -> SlackQuestion:
        """Its message was edited; changes nothing once the question has an outcome."""
        return await self._change(question, {"worker": worker, "text": text})

    async def question(self, team: str, channel: str, ts: str) -> SlackQuestion | None:
        """One question, if it was ever ours."""
        try:
            return SlackQuestion(**(await self._send("GET", f"{_API}/questions/{team}/{channel}/{ts}"))["question"])
        except Unanswered as exc:
            if exc.status == httpx.codes.NOT_FOUND:
                return None
            raise

    async def questions(self, state: State) -> list[SlackQuestion]:
        """All in this state, oldest first."""
        return [
            SlackQuestion(**one) for one in (await self._send("GET", f"{_API}/questions?state={state}"))["questions"]
        ]

    async def answering(self) -> list[SlackQuestion]:
        """Those that a worker has, or had when it died."""
        return await self.questions("answering")

    async def ask(self, asking: Asking) -> AsyncIterator[AnswerEvent]:
        """Ask; the events of the answer as they come. Closing the iterator stops the answer."""
        try:
            async with self._http.stream("POST", f"{_API}/ask", json=asdict(asking)) as response:
                if response.status_code != httpx.codes.OK:
                    await response.aread()
                    raise problem_of(response)
                async for line in response.aiter_lines():
                    if line.startswith("data:"):
                        yield from_json(line.removeprefix("data:").strip())
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc

    async def readable(self, team: str, reader: Reader) -> Readable:
        """What this person may read when nobody else sees the answer."""
        query = httpx.QueryParams({"team": team, **asdict(reader)})
        found = await self._send("GET", f"{_API}/readable?{query}")
        return Readable(found["documents"], tuple(found["audiences"]))

    async def opened(self, team: str, channel: str, reader: Reader, chunk: str) -> Opened:
        """A cited source for somebody who clicked on it, authorised again."""
        clicked = {"team": team, "channel": channel, "reader": asdict(reader)}
        return Opened(**await self._send("POST", f"{_API}/chunks/{chunk}", clicked))

    async def transcript(self, conversation: str, email: str) -> list[Said]:
        """A conversation of this person's, as that one may read it now."""
        found = await self._send("GET", f"/api/conversations/{conversation}", None, email)
        return [
            Said(one["role"], one["status"], one["text"], tuple(Citation(**each) for each in one["citations"]))
            for one in found
        ]

    async def conversations(self, email: str) -> list[str]:
        """The titles of this person's conversations, newest first."""
        return [one["title"] for one in await self._send("GET", "/api/conversations", None, email)]

    async def rate(self, answer: str, who: str, verdict: Verdict, reason: str = "") -> None:
        """Keep what somebody thinks of an answer; a second time changes it."""
        said = {"answer": answer, "who": who, "verdict": verdict, "reason": reason}
        await self._send("POST", "/api/feedback", said)

    async def opt_out(self, team: str, user: str) -> None:
        """This person's messages are not to be read in any more."""
        await self._send("PUT", f"{_API}/optouts/{team}/{user}")

    async def opt_in(self, team: str, user: str) -> None:
        """They may be again."""
        await self._send("DELETE", f"{_API}/optouts/{team}/{user}")

    async def opted_out(self, team: str) -> frozenset[str]:
        """The users whose messages are not read in."""
        return frozenset((await self._send("GET", f"{_API}/optouts/{team}"))["users"])

    async def open_channel(self, team: str, channel: str) -> None:
        """Let the bot answer in this channel without being mentioned."""
        await self._send("PUT", f"{_API}/channels/{team}/{channel}")

    async def close_channel(self, team: str, channel: str) -> None:
        """Let it answer there only when it is mentioned."""
        await self._send("DELETE", f"{_API}/channels/{team}/{channel}")

    async def open_channels(self, team: str) -> frozenset[str]:
        """The channels where the bot answers without being mentioned."""
        return frozenset((await self._send("GET", f"{_API}/channels/{team}"))["channels"])

    async def rooms(self, team: str) -> list[str]:
        """The channels in which a conversation goes on."""
        found: list[str] = (await self._send("GET", f"{_API}/rooms/{team}"))["channels"]
        return found

    async def put_room(self, team: str, channel: str, readers: Iterable[Reader], *, is_open: bool) -> None:
        """Say who is in a channel now; an open one is read by every employee."""
        room = {"is_open": is_open, "readers": [asdict(reader) for reader in readers]}
        await self._send("PUT", f"{_API}/rooms/{team}/{channel}", room)

    async def _change(self, question: SlackQuestion | NewQuestion, change: Mapping[str, object]) -> SlackQuestion:
        path = f"{_API}/questions/{question.team}/{question.channel}/{question.ts}"
        return SlackQuestion(**(await self._send("PUT", path, change))["question"])

    async def _send(self, method: str, path: str, body: object = None, email: str = "") -> Any:
        headers = {AS_HEADER: email} if email else {}
        try:
            response = await self._http.request(method, path, json=body, headers=headers, timeout=_SHORT)
        except httpx.HTTPError as exc:
            raise Unanswered(AWAY) from exc
        if response.is_error:
            raise problem_of(response)
        return response.json() if response.content else None


QUESTION_FIELDS = tuple(one.name for one in fields(SlackQuestion))
