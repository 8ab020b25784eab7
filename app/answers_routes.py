"""The server's routes for answers that a person wrote: list, propose, change, approve, delete. For admins only."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app import approval, verified_answers
from app.access import Action, authorize
from app.admin.received import small
from app.callers import Asking, Serving
from app.identity import audit
from app.verified_answers import VerifiedAnswer
from retrieval.access import EVERYONE, audience_id
from retrieval.errors import QuestionRefused

_LARGEST_CSV = 16 * 2**20


class NewAnswer(BaseModel):
    """An answer for approval; `sources` are uris that it rests on, `expires` is its last day."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(min_length=1, max_length=1000)
    answer: str = Field(min_length=1, max_length=10_000)
    owner: str = ""
    audience: str = EVERYONE
    sources: list[str] = []
    expires: date | None = None


def listed_answers(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """All answers, each with how it stands."""
    authorize(caller, Action.MANAGE)
    return [{**asdict(one), "stands": stands} for one, stands in verified_answers.reviewed(home.engine)]


def propose(body: NewAnswer, home: Serving, caller: Asking) -> dict[str, str]:
    """Keep an answer for approval; one to the same question takes its place."""
    authorize(caller, Action.MANAGE)
    answer = _stated(body)
    verified_answers.propose(home.engine, [answer])
    return {"id": answer.id}


def change(answer: str, body: NewAnswer, home: Serving, caller: Asking) -> dict[str, str]:
    """The same in the place of another one, which is not given any more, also where the question is another now."""
    authorize(caller, Action.MANAGE)
    verified_answers.answer_of(home.engine, answer)
    changed = _stated(body)
    verified_answers.propose(home.engine, [changed])
    if changed.id != answer:
        approval.take_back(home, answer)
    return {"id": changed.id}


async def import_csv(request: Request, home: Serving, caller: Asking) -> dict[str, int]:
    """Keep the answers of a CSV file for approval; the body is the file. `proposed` are those that are new or other."""
    authorize(caller, Action.MANAGE)
    answers = verified_answers.answers_in(await small(request, _LARGEST_CSV), "The file")
    return {"proposed": await run_sync(verified_answers.propose, home.engine, answers)}


def as_csv(home: Serving, caller: Asking) -> Response:
    """All answers as the CSV file that is imported."""
    authorize(caller, Action.MANAGE)
    file = verified_answers.as_csv(verified_answers.listed(home.engine))
    return Response(file, media_type="text/csv; charset=utf-8")


def approve(answer: str, home: Serving, caller: Asking) -> Response:
    """Let it be given from now on."""
    authorize(caller, Action.MANAGE)
    approval.approve(home, answer)
    audit.note(home.engine, caller.email, "approved an answer", answer)
    return Response(status_code=204)


def take_back(answer: str, home: Serving, caller: Asking) -> Response:
    """Delete it everywhere."""
    authorize(caller, Action.MANAGE)
    approval.take_back(home, answer)
    audit.note(home.engine, caller.email, "deleted an answer", answer)
    return Response(status_code=204)


def _stated(body: NewAnswer) -> VerifiedAnswer:
    try:
        audience = audience_id(body.audience)
    except ValueError as exc:
        raise QuestionRefused(str(exc)) from exc
    stated = (body.question, body.answer, body.owner, audience, tuple(body.sources), body.expires)
    return VerifiedAnswer(verified_answers.id_of(body.question), *stated)


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/answers", "GET", listed_answers),
    ("/api/answers", "POST", propose),
    ("/api/answers/{answer}/approve", "POST", approve),
    ("/api/answers.csv", "GET", as_csv),
    ("/api/answers.csv", "POST", import_csv),
    ("/api/answers/{answer}", "PUT", change),
    ("/api/answers/{answer}", "DELETE", take_back),
]
