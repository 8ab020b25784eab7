"""The server's routes for the chat: questions that go on without their asker, changes of what was said, hand-off."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from app import feedback
from app.access import Action, authorize
from app.callers import Asking, Questioning, Serving
from app.chat import hand_off, revision
from app.chat.original import original
from app.chat.running import AnswersInProgress
from app.chat.suggestions import suggested
from app.events import to_json
from app.question import Question, refuse_unusable
from app.slack_client import Verdict
from retrieval.errors import Missing, SourceGone

_LONGEST_NOTE = 2_000  # characters
_PING = 0.5  # seconds; a page can be interrupted whenever it hears something


def _in_progress(request: Request) -> AnswersInProgress:
    return request.app.state.in_progress  # type: ignore[no-any-return]


Progress = Annotated[AnswersInProgress, Depends(_in_progress)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuestionBody(_Body):
    """A question; `replaces` is the number of an earlier one in the conversation that it takes the place of."""

    question: str
    conversation: str = ""
    model: str = ""
    replaces: int = Field(default=0, ge=0)


class MeasureBody(_Body):
    """A question that may be asked later."""

    question: str
    model: str = ""


class TitleBody(_Body):
    """A conversation's new title."""

    title: str = Field(min_length=1, max_length=500, pattern=r"\S")


class VerdictBody(_Body):
    """What the caller thinks of an answer."""

    verdict: Verdict
    reason: str = Field(default="", max_length=_LONGEST_NOTE)


class HandOffBody(_Body):
    """A question for HR. `named`: the caller's address may be seen there."""

    question: str = Field(min_length=1, max_length=8_000, pattern=r"\S")
    note: str = Field(default="", max_length=_LONGEST_NOTE)
    contact: str = Field(default="", max_length=300)
    named: bool = False


def begin(body: QuestionBody, home: Serving, caller: Questioning, progress: Progress) -> dict[str, str]:
    """Accept a question; its answer goes on whoever follows it."""
    question = Question(body.question, caller, body.conversation, answerer=body.model, replaces=body.replaces)
    return {"conversation": progress.begin(body.conversation, lambda: home.desk.begin(question))}


def measure(body: MeasureBody, home: Serving, caller: Asking) -> dict[str, Any]:
    """How large a question is for the model that would answer it, and the most that it takes."""
    authorize(caller, Action.ASK)
    refuse_unusable(body.question)
    return asdict(home.desk.answerer(body.model).check(body.question))


def follow(conversation: str, home: Serving, caller: Asking, progress: Progress) -> Response:
    """The answer in progress, from its first event; going away does not stop it."""
    home.conversations.open(caller, conversation, Action.READ_CONVERSATION)
    running = progress.of(conversation)
    if running is None:
        raise Missing("No answer is in progress here")
    if not home.retriever.still_has(running.sources, caller.scope):
        raise SourceGone
    return EventSourceResponse(({"data": to_json(event)} async for event in running.follow()), ping=_PING)


def stop(conversation: str, home: Serving, caller: Asking, progress: Progress) -> Response:
    """Stop the answer in progress, if there is one; what was said is kept."""
    home.conversations.open(caller, conversation, Action.CHANGE_CONVERSATION)
    running = progress.of(conversation)
    if running is not None:
        running.stop()
    return Response(status_code=204)


def talk(conversation: str, home: Serving, caller: Asking, progress: Progress) -> dict[str, Any]:
    """A conversation as a page shows it: title, messages, the caller's verdicts, what is in progress."""
    about = home.conversations.open(caller, conversation, Action.READ_CONVERSATION)
    running = progress.of(conversation)  # before the messages: an answer that ends in between is among them
    verdicts = feedback.verdicts(home.engine, conversation, _rater(caller.email, conversation))
    said = [asdict(one) for one in home.conversations.transcript(caller, conversation)]
    replaced = running.replaces if running else 0
    return {
        "title": about.title,
        "place": about.place,
        "in_progress": running is not None,
        "messages": [one | {"verdict": verdicts.get(one["number"], "")} for one in _shown(said, replaced)],
    }


def rename(conversation: str, body: TitleBody, home: Serving, caller: Asking) -> Response:
    """Give a conversation another title."""
    home.conversations.rename(caller, conversation, body.title)
    return Response(status_code=204)


def delete_turn(conversation: str, number: int, home: Serving, caller: Asking, progress: Progress) -> Response:
    """Delete a question with its answer; an answer in progress is stopped first."""
    home.conversations.open(caller, conversation, Action.CHANGE_CONVERSATION)
    running = progress.of(conversation)
    if running is not None:
        running.stop()
    revision.delete_turn(home.conversations, caller, conversation, number)
    return Response(status_code=204)


def rate(conversation: str, number: int, body: VerdictBody, home: Serving, caller: Asking) -> Response:
    """Keep what the caller thinks of an answer; a second time changes it."""
    home.conversations.open(caller, conversation, Action.READ_CONVERSATION)
    who = _rater(caller.email, conversation)
    feedback.rate(home.engine, f"{conversation}:{number}", who, body.verdict, body.reason)
    return Response(status_code=204)


def suggestions(conversation: str, home: Serving, caller: Asking) -> list[str]:
    """Questions that go on from the last answer and that the documents answer."""
    return suggested(home.desk, home.conversations, caller, conversation)


def open_original(chunk_id: str, home: Serving, caller: Asking) -> Response:
    """The file that a cited passage comes from, to be saved."""
    found = original(home.engine, chunk_id, caller)
    named = f"attachment; filename*=UTF-8''{quote(found.name)}"
    safe = {"Content-Disposition": named, "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
    return Response(found.data, media_type="application/octet-stream", headers=safe)


def pass_on(body: HandOffBody, home: Serving, caller: Asking) -> dict[str, str]:
    """Pass a question on to HR."""
    asked = (body.question, body.note, body.contact)
    return {"id": hand_off.pass_on(home.engine, caller, asked, named=body.named)}


def passed_on(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """The questions that were passed on to HR."""
    return [asdict(one) for one in hand_off.passed_on(home.engine, caller)]


def settle(question: str, home: Serving, caller: Asking) -> Response:
    """Note that somebody has taken care of a question."""
    hand_off.settle(home.engine, caller, question)
    return Response(status_code=204)


def _shown(said: list[dict[str, Any]], replaced: int) -> list[dict[str, Any]]:
    """The messages without those that the question in progress, the last one, takes the place of."""
    return [one for one in said if not replaced or one["number"] < replaced or one is said[-1]]


def _rater(email: str, conversation: str) -> str:
    """Whoever has no identity is whoever knows the conversation."""
    return email or f"conversation:{conversation}"


Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
ROUTES: list[tuple[str, Method, Callable[..., Any]]] = [
    ("/api/questions", "POST", begin),
    ("/api/questions/measure", "POST", measure),
    ("/api/conversations/{conversation}", "PATCH", rename),
    ("/api/conversations/{conversation}/talk", "GET", talk),
    ("/api/conversations/{conversation}/answer", "GET", follow),
    ("/api/conversations/{conversation}/answer/stop", "POST", stop),
    ("/api/conversations/{conversation}/suggestions", "GET", suggestions),
    ("/api/conversations/{conversation}/messages/{number}", "DELETE", delete_turn),
    ("/api/conversations/{conversation}/messages/{number}/verdict", "PUT", rate),
    ("/api/chunks/{chunk_id}/original", "GET", open_original),
    ("/api/hr-questions", "POST", pass_on),
    ("/api/hr-questions", "GET", passed_on),
    ("/api/hr-questions/{question}/settle", "POST", settle),
]
