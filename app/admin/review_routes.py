"""The server's routes for what went wrong: complaints about answers, questions that could not be answered."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from fastapi.responses import Response

from app.admin.review import complaints, deal_with
from app.admin.training import decide, for_training
from app.admin.unanswered import unanswered
from app.callers import Asking, Serving


def listed(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Answers that were not helpful and that nobody has dealt with."""
    found = complaints(home.engine, home.conversations, caller)
    return [asdict(one) | {"at": one.at.isoformat()} for one in found]


def done(answer: str, home: Serving, caller: Asking) -> Response:
    """Take one off the list."""
    deal_with(home.engine, caller, answer)
    return Response(status_code=204)


def groups(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Like questions that could not be answered, once three people asked."""
    return [asdict(one) for one in unanswered(home.engine, home.embedder, caller)]


def helpful(home: Serving, caller: Asking) -> dict[str, Any]:
    """Helpful answers that wait for approval before a model may learn from them, and those that have it."""
    return asdict(for_training(home.engine, caller))


def approved(answer: str, home: Serving, caller: Asking) -> Response:
    """Let models learn from one."""
    decide(home.engine, caller, answer, approved=True)
    return Response(status_code=204)


def taken_out(answer: str, home: Serving, caller: Asking) -> Response:
    """Let models learn from it no more."""
    decide(home.engine, caller, answer, approved=False)
    return Response(status_code=204)


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/review", "GET", listed),
    ("/api/admin/review/{answer}/done", "POST", done),
    ("/api/admin/unanswered", "GET", groups),
    ("/api/admin/training", "GET", helpful),
    ("/api/admin/training/{answer}", "PUT", approved),
    ("/api/admin/training/{answer}", "DELETE", taken_out),
]
