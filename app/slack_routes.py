"""The server's routes for the Slack bot. For the service itself only: it says who asks and who will see the answer."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from app import callers, feedback, panel, slack_choices, slack_inbox, slack_questions, slack_rooms
from app.access import Action, authorize
from app.bootstrap import Home
from app.callers import Serving
from app.events import to_json
from app.question import Question
from app.server_sent import sent
from app.slack_client import Asking, Consumer, Kind, NewQuestion, Reader, State, Verdict, Via
from app.slack_questions import Change
from app.slack_scope import alone, caller_of, place_of, readings_of, scope_of

_ID = r"^[A-Za-z0-9]{1,40}$"
_TS = r"^[\w.:-]{1,120}$"
_REASON = 2_000  # characters
_Id = Annotated[str, Field(pattern=_ID)]
_Ts = Annotated[str, Field(pattern=_TS)]
_InPath = Annotated[str, Path(pattern=_ID)]
_TsInPath = Annotated[str, Path(pattern=_TS)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EventBody(_Body):
    """An event as Slack sent it."""

    id: str = Field(min_length=1)
    team: str
    type: str
    body: Mapping[str, Any]


class CursorBody(_Body):
    """The number of the last event that a consumer is done with."""

    seq: int = Field(ge=0)


class QuestionBody(_Body):
    """A message that asks us."""

    team: _Id
    channel: _Id
    ts: _Ts
    thread: _Ts
    asker: _Id
    text: str
    via: Via
    reply_url: str = ""
    reply_thread: str = ""


class WorkerBody(_Body):
    """Who wants a question."""

    worker: str = Field(min_length=1)


class ChangeBody(WorkerBody):
    """What a worker says of a question; what is left out stays as it is."""

    state: State | None = None
    answer_ts: str | None = None
    streaming: bool | None = None
    conversation: str | None = None
    answer: str | None = None
    text: str | None = None


class ReaderBody(_Body):
    """Somebody in Slack."""

    user: _Id
    email: str = ""
    guest: bool = False
    stranger: bool = False
    bot: bool = False

    @property
    def reader(self) -> Reader:
        """The same as a value."""
        return Reader(self.user, self.email, self.guest, self.stranger, self.bot)


class ReadableQuery(ReaderBody):
    """Somebody in Slack, in a query."""

    team: _Id


class AskBody(_Body):
    """A question with everybody who will see the answer."""

    team: _Id
    channel: _Id
    thread: _Ts
    asker: ReaderBody
    readers: list[ReaderBody] | None
    kind: Kind
    ephemeral: bool
    question: str

    @property
    def asking(self) -> Asking:
        """The same as a value."""
        readers = None if self.readers is None else [one.reader for one in self.readers]
        where = (self.team, self.channel, self.thread)
        return Asking(*where, self.asker.reader, readers, self.kind, self.ephemeral, self.question)


class OpenBody(_Body):
    """Who clicked on a source, and where."""

    team: _Id
    channel: _Id
    reader: ReaderBody


class RoomBody(_Body):
    """Who is in a channel now."""

    is_open: bool
    readers: list[ReaderBody]


class FeedbackBody(_Body):
    """A verdict on an answer."""

    answer: str
    who: str = Field(min_length=1)
    verdict: Verdict
    reason: str = Field(default="", max_length=_REASON)


def _home(home: Serving, caller: callers.Asking) -> Home:
    """The home, for the service itself only."""
    authorize(caller, Action.SERVE_SLACK)
    return home


_Service = Annotated[Home, Depends(_home)]


def store_event(body: EventBody, home: _Service) -> dict[str, bool]:
    """Keep an event; it is committed before this answers."""
    return {"new": slack_inbox.store(home.engine, slack_inbox.NewEvent(body.id, body.team, body.type, body.body))}


def events(consumer: Consumer, home: _Service, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> dict[str, Any]:
    """What a consumer has not passed yet."""
    return {"events": [asdict(event) for event in slack_inbox.waiting(home.engine, consumer, limit)]}


def advance(consumer: Consumer, body: CursorBody, home: _Service) -> Response:
    """A consumer is done with everything up to here."""
    slack_inbox.advance(home.engine, consumer, body.seq)
    return Response(status_code=204)


def accept(body: QuestionBody, home: _Service) -> dict[str, str]:
    """Take a question on, once."""
    return {"state": slack_questions.accept(home.engine, NewQuestion(**body.model_dump()))}


def claim(body: WorkerBody, home: _Service) -> dict[str, Any]:
    """Give a worker the next question."""
    found = slack_questions.claim(home.engine, body.worker)
    return {"question": asdict(found) if found else None}


def change(team: _InPath, channel: _InPath, ts: _TsInPath, body: ChangeBody, home: _Service) -> dict[str, Any]:
    """Note what a worker says of a question."""
    said = Change(**body.model_dump())
    return {"question": asdict(slack_questions.change(home.engine, team, channel, ts, said))}


def listed_questions(state: State, home: _Service) -> dict[str, Any]:
    """All questions in a state."""
    return {"questions": [asdict(one) for one in slack_questions.listed(home.engine, state)]}


def one_question(team: _InPath, channel: _InPath, ts: _TsInPath, home: _Service) -> dict[str, Any]:
    """One question."""
    return {"question": asdict(slack_questions.one(home.engine, team, channel, ts))}


def ask(body: AskBody, home: _Service, request: Request) -> Response:
    """Answer a question as a stream of events, from what everybody may read who will see the answer."""
    asking = body.asking
    request.app.state.throttle.ask(asking.asker.email or f"{asking.team}/{asking.asker.user}")
    slack_rooms.put_asked(home.engine, asking)
    readings = readings_of(home.engine, [asking.asker, *(asking.readers or ())])
    caller = caller_of(home.engine, asking.asker, scope_of(asking, readings), place_of(asking))
    by_oneself = alone(asking.asker, asking.team, asking.channel, readings)
    conversation = home.conversations.at(caller.place)
    question = Question(asking.question, caller, conversation, alone=by_oneself)
    return EventSourceResponse(sent(home.desk.ask(question), lambda event: [to_json(event)]))


def open_source(chunk_id: str, body: OpenBody, home: _Service) -> dict[str, Any]:
    """A source for whoever clicked on it."""
    reader = body.reader.reader
    scope = alone(reader, body.team, body.channel, readings_of(home.engine, [reader]))
    return panel.opened(home.engine, chunk_id, caller_of(home.engine, reader, scope))


def readable(who: Annotated[ReadableQuery, Query()], home: _Service) -> dict[str, Any]:
    """How much somebody may read."""
    scope = alone(who.reader, who.team, "", readings_of(home.engine, [who.reader]))
    return {"documents": len(panel.readable(home.engine, scope)), "audiences": sorted(scope.audiences)}


def rate(body: FeedbackBody, home: _Service) -> Response:
    """Keep what somebody thinks of an answer."""
    feedback.rate(home.engine, body.answer, body.who, body.verdict, body.reason)
    return Response(status_code=204)


def opted_out(team: _InPath, home: _Service) -> dict[str, Any]:
    """The users whose messages are not read in."""
    return {"users": sorted(slack_choices.opted_out(home.engine, team))}


def opt_out(team: _InPath, user: _InPath, home: _Service) -> Response:
    """Read this person's messages in no more."""
    slack_choices.opt_out(home.engine, team, user)
    return Response(status_code=204)


def opt_in(team: _InPath, user: _InPath, home: _Service) -> Response:
    """Read them in again."""
    slack_choices.opt_in(home.engine, team, user)
    return Response(status_code=204)


def open_channels(team: _InPath, home: _Service) -> dict[str, Any]:
    """The channels where the bot answers without being mentioned."""
    return {"channels": sorted(slack_choices.open_channels(home.engine, team))}


def open_channel(team: _InPath, channel: _InPath, home: _Service) -> Response:
    """Let it answer in this one."""
    slack_choices.open_channel(home.engine, team, channel)
    return Response(status_code=204)


def close_channel(team: _InPath, channel: _InPath, home: _Service) -> Response:
    """Let it answer there only when it is mentioned."""
    slack_choices.close_channel(home.engine, team, channel)
    return Response(status_code=204)


def rooms(team: _InPath, home: _Service) -> dict[str, Any]:
    """The channels in which a conversation goes on."""
    return {"channels": slack_rooms.channels(home.engine, team)}


def put_room(team: _InPath, channel: _InPath, body: RoomBody, home: _Service) -> Response:
    """Note who is in one."""
    room = slack_rooms.room_of([one.reader for one in body.readers], is_open=body.is_open)
    slack_rooms.put(home.engine, team, channel, room)
    return Response(status_code=204)


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/slack/events", "POST", store_event),
    ("/api/slack/events", "GET", events),
    ("/api/slack/cursors/{consumer}", "PUT", advance),
    ("/api/slack/questions", "POST", accept),
    ("/api/slack/questions", "GET", listed_questions),
    ("/api/slack/questions/claim", "POST", claim),
    ("/api/slack/questions/{team}/{channel}/{ts}", "PUT", change),
    ("/api/slack/questions/{team}/{channel}/{ts}", "GET", one_question),
    ("/api/slack/ask", "POST", ask),
    ("/api/slack/chunks/{chunk_id}", "POST", open_source),
    ("/api/slack/readable", "GET", readable),
    ("/api/slack/optouts/{team}", "GET", opted_out),
    ("/api/slack/optouts/{team}/{user}", "PUT", opt_out),
    ("/api/slack/optouts/{team}/{user}", "DELETE", opt_in),
    ("/api/slack/channels/{team}", "GET", open_channels),
    ("/api/slack/channels/{team}/{channel}", "PUT", open_channel),
    ("/api/slack/channels/{team}/{channel}", "DELETE", close_channel),
    ("/api/slack/rooms/{team}", "GET", rooms),
    ("/api/slack/rooms/{team}/{channel}", "PUT", put_room),
    ("/api/feedback", "POST", rate),
]
