"""The HTTP server: Frontdesk's own routes and an OpenAI-compatible one. Hosts one Desk; decides nothing itself."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict
from sse_starlette import EventSourceResponse
from starlette.exceptions import HTTPException

from app import openai_format, people
from app.access import Action, Caller, Resource, authorize
from app.admin.routes import ROUTES as ADMIN_ROUTES
from app.answers_routes import ROUTES as ANSWER_ROUTES
from app.bootstrap import Home
from app.callers import Asking, Questioning, Serving
from app.chat.routes import ROUTES as CHAT_ROUTES
from app.chat.running import AnswersInProgress
from app.door import Door, on_error, problem
from app.events import Failed, to_json
from app.identity import account_routes, login_routes
from app.identity.bearer import bearer_of
from app.identity.own_data import sweep
from app.identity.request_limits import RequestLimits
from app.identity.throttle import Throttle
from app.insights_routes import ROUTES as INSIGHT_ROUTES
from app.launcher import Launcher
from app.observation.metrics import Measured
from app.openai_format import ChatRequest
from app.panel import opened, readable
from app.question import Question
from app.registry.smoke import try_out
from app.run_routes import ROUTES as RUN_ROUTES
from app.server_sent import in_answering, sent
from app.slack_copy import SlackCopy
from app.slack_routes import ROUTES as SLACK_ROUTES
from retrieval.errors import FrontdeskError
from retrieval.ledger import lookup
from retrieval.ledger.catalogue import counted


class AskRequest(BaseModel):
    """A question to `/api/ask`."""

    model_config = ConfigDict(extra="forbid")

    question: str
    conversation: str = ""
    model: str = ""


def make_app(home: Home, key: str) -> FastAPI:
    """The server of one home."""

    in_progress = AnswersInProgress()
    keep_days = home.settings.keep_days
    launcher = Launcher(home.engine, home.settings, SlackCopy(home).follow, lambda: sweep(home.engine, keep_days))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await run_sync(warm_up, home)
        tried = partial(try_out, home.desk, home.embedder)
        await run_sync(home.switch.follow, tried)
        for work in (launcher.tend, partial(home.switch.tend, tried)):
            threading.Thread(target=work, daemon=True).start()
        yield
        await run_sync(in_progress.close)
        home.switch.close()
        await run_sync(launcher.close)
        if home.tracing:
            await run_sync(home.tracing.close)

    # No /docs: FastAPI's page loads its scripts from another site.
    app = FastAPI(title="Frontdesk", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.state.home = home
    app.state.launcher = launcher
    app.state.throttle = Throttle(home.settings.questions_per_minute)
    app.state.provider = home.provider
    app.state.in_progress = in_progress
    app.add_middleware(
        Door, bearer_of=lambda token: bearer_of(home.engine, key.encode(), token), names=home.settings.names
    )
    app.add_middleware(RequestLimits)
    app.add_middleware(Measured, metrics=home.metrics)
    app.add_exception_handler(FrontdeskError, on_error)
    app.add_exception_handler(Exception, on_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    for path, method, route in [*_ROUTES, *_MORE_ROUTES]:
        app.add_api_route(path, route, methods=[method], response_model=None)
    return app


def warm_up(home: Home) -> None:
    """Load the models and indexes, so that the first question is not the slow one."""
    home.retriever.search("warm up", Caller().scope, 1)


async def healthz() -> dict[str, str]:
    """Alive; says nothing else, because it needs no key."""
    return {"status": "ok"}


def readyz(home: Serving, caller: Asking) -> dict[str, Any]:
    """Ready to answer, and from how much that the caller may read."""
    authorize(caller, Action.READ_DOCUMENTS)
    document_count, chunk_count = lookup.counts(home.engine, caller.scope)
    return {
        "status": "ready",
        "documents": document_count,
        "chunks": chunk_count,
        "model": next(iter(home.answerers)),
        "demo": home.settings.demo,
    }


async def ask(body: AskRequest, home: Serving, caller: Questioning) -> Response:
    """Answer a question as a stream of events."""
    question = Question(body.question, caller, body.conversation, None, body.model)
    events = await in_answering(lambda: home.desk.ask(question))
    return EventSourceResponse(sent(events, lambda event: [to_json(event)]))


async def chat_completions(body: ChatRequest, home: Serving, caller: Questioning) -> Response:
    """The OpenAI-compatible way: the client keeps the history, nothing is stored."""
    question = Question(
        openai_format.last_question(body), caller, "", openai_format.turns(body), openai_format.answerer(body)
    )
    model = body.model or next(iter(home.answerers))
    events = await in_answering(lambda: home.desk.ask(question))
    if body.stream:
        encoder = openai_format.Chunks(model)
        return EventSourceResponse(sent(events, encoder.encode, end="[DONE]"))
    *_, last = await in_answering(lambda: list(events))
    if isinstance(last, Failed):
        return problem(503 if last.retryable else 500, "The question failed", f"{last.message} (error {last.error})")
    return JSONResponse(openai_format.completion(model, last))


def models(home: Serving, caller: Asking) -> dict[str, Any]:
    """The answerers by name, in OpenAI's form."""
    authorize(caller, Action.ASK)
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "frontdesk"} for name in home.answerers]
    return {"object": "list", "data": data}


def me(home: Serving, caller: Asking) -> dict[str, Any]:
    """Who the server takes the caller for, and what that one may read."""
    return {
        "email": caller.email,
        "name": people.names(home.engine).get(caller.email, ""),
        "audiences": sorted(caller.scope.audiences),
        "documents": sum(
            many for audience, many in counted(home.engine, "audience").items() if audience in caller.scope
        ),
        "keep_days": home.settings.keep_days,
    }


def metrics(home: Serving, caller: Asking) -> Response:
    """Metrics for Prometheus, which sends the service key as its bearer token."""
    authorize(caller, Action.WATCH)
    return Response(home.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def listed_people(home: Serving, caller: Asking) -> list[dict[str, str]]:
    """The invented people of the demo, to choose one."""
    authorize(caller, Action.LIST_PEOPLE, Resource(demo=home.settings.demo))
    return [{"email": email, "name": name} for email, name in people.names(home.engine).items()]


def listed_documents(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """The documents that the caller may read."""
    authorize(caller, Action.READ_DOCUMENTS)
    return [
        {"uri": one.uri, "title": one.title, "audience": one.audience} for one in readable(home.engine, caller.scope)
    ]


def chunk(chunk_id: str, home: Serving, caller: Asking) -> dict[str, Any]:
    """A source opened from an answer: the chunk with what stands around it. Authorised again at the click."""
    return opened(home.engine, chunk_id, caller)


def listed_conversations(home: Serving, caller: Asking, search: str = "") -> list[dict[str, Any]]:
    """The caller's own conversations, newest first; with `search`, those that have these words in their titles."""
    return [asdict(talk) for talk in home.conversations.listed(caller, search)]


def transcript(conversation: str, home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """One of them, as the caller may read it now."""
    return [asdict(said) for said in home.conversations.transcript(caller, conversation)]


def forget(conversation: str, home: Serving, caller: Asking) -> Response:
    """Delete one of them."""
    home.conversations.forget(caller, conversation)
    return Response(status_code=204)


_ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/healthz", "GET", healthz),
    ("/readyz", "GET", readyz),
    ("/metrics", "GET", metrics),
    ("/v1/chat/completions", "POST", chat_completions),
    ("/v1/models", "GET", models),
    ("/api/ask", "POST", ask),
    ("/api/me", "GET", me),
    ("/api/people", "GET", listed_people),
    ("/api/documents", "GET", listed_documents),
    ("/api/chunks/{chunk_id}", "GET", chunk),
    ("/api/conversations", "GET", listed_conversations),
    ("/api/conversations/{conversation}", "GET", transcript),
    ("/api/conversations/{conversation}", "DELETE", forget),
]

_MORE_ROUTES = [
    *CHAT_ROUTES,
    *ANSWER_ROUTES,
    *INSIGHT_ROUTES,
    *RUN_ROUTES,
    *SLACK_ROUTES,
    *login_routes.ROUTES,
    *account_routes.ROUTES,
    *ADMIN_ROUTES,
]


async def _on_http_error(_request: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, HTTPException)
    return problem(exc.status_code, str(exc.detail), "See /openapi.json for what this server offers")


async def _on_invalid(_request: Request, exc: Exception) -> JSONResponse:
    assert isinstance(exc, RequestValidationError)
    first = exc.errors()[0]
    return problem(422, "Invalid request", f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}")
