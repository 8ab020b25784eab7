"""The server's routes for sources and runs: start, watch, pause, cancel, schedule, upload. For admins only."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Depends, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from sse_starlette import EventSourceResponse

from app.access import Action, authorize
from app.admin.received import received
from app.bootstrap import Home
from app.callers import Asking, Serving
from app.json_output import of_run
from app.launcher import Launcher
from app.places import make_private_folder, uploads_of
from app.slack_copy import LIVE
from ingest.reader import LARGEST, READERS, suffix_of, unsupported
from retrieval.access import ADMINS, EVERYONE, audience_id
from retrieval.chunk import digest
from retrieval.errors import QuestionRefused, Unusable
from retrieval.ledger import runs
from retrieval.ledger.runs import Wish

_TELL_SECONDS = 1.0
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")
_NAME = re.compile(r"[^/\\\x00-\x1f]{1,200}")


class NewRun(BaseModel):
    """What to ingest: an absolute path that the server can read, the name of a known source, or `slack`.

    Without an audience: as last time, or everyone.
    """

    model_config = ConfigDict(extra="forbid")

    path: str = Field(min_length=1)
    audience: str = ""
    retry_failed: bool = False


class Schedule(BaseModel):
    """Minutes between runs; 0: none by itself."""

    model_config = ConfigDict(extra="forbid")

    every_minutes: int = Field(ge=0, le=60 * 24 * 31)


class UploadHeaders(BaseModel):
    """Who may read an upload; whether the next one is to be waited for before anything is ingested."""

    audience: str = ADMINS
    more_to_come: bool = False


def _launcher(request: Request) -> Launcher:
    return request.app.state.launcher  # type: ignore[no-any-return]


Launching = Annotated[Launcher, Depends(_launcher)]


def listed_sources(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """What is ingested, from where, and how often by itself."""
    authorize(caller, Action.MANAGE)
    return [asdict(source) for source in runs.listed_sources(home.engine)]


def set_schedule(source: str, body: Schedule, home: Serving, caller: Asking) -> Response:
    """Let the server ingest this source every so many minutes."""
    authorize(caller, Action.MANAGE)
    runs.schedule(home.engine, source, body.every_minutes)
    return Response(status_code=204)


def listed_runs(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """The newest runs first."""
    authorize(caller, Action.MANAGE)
    return [of_run(run) for run in runs.listed_runs(home.engine)]


def start_run(body: NewRun, home: Serving, caller: Asking, launcher: Launching) -> Response:
    """Begin a run; it goes on in a process of its own."""
    authorize(caller, Action.MANAGE)
    checked_audience(body.audience or EVERYONE)
    flags = [f"--audience={body.audience}"] if body.audience else []
    flags += ["--retry-failed"] if body.retry_failed else []
    # A relative path would mean another place in each folder that a server may be started in.
    paths = {source.name: source.path for source in runs.listed_sources(home.engine)}
    path = paths.get(body.path) or body.path
    if not (Path(path).is_absolute() or Path(path) == LIVE):
        raise Unusable(f"There is no source {body.path!r}. The name of a known source or an absolute path was expected")
    run = launcher.start([*flags, "--", path])
    return JSONResponse(of_run(runs.run_of(home.engine, run)), status_code=202)


def one_run(run: int, home: Serving, caller: Asking) -> dict[str, Any]:
    """How far a run is."""
    authorize(caller, Action.MANAGE)
    return of_run(runs.run_of(home.engine, run))


def watch_run(run: int, home: Serving, caller: Asking) -> Response:
    """The same as server-sent events, one a second, until the run is over."""
    authorize(caller, Action.MANAGE)
    runs.run_of(home.engine, run)
    return EventSourceResponse(_told(home, run))


def wish_run(run: int, wish: str, home: Serving, caller: Asking) -> Response:
    """`pause` or `cancel` a run that goes on."""
    authorize(caller, Action.MANAGE)
    if wish not in ("pause", "cancel"):
        raise QuestionRefused(f"A run can be told to pause or to cancel, not to {wish}")
    runs.wish(home.engine, run, Wish(wish))
    return Response(status_code=202)


async def upload(
    name: str,
    which: Annotated[UploadHeaders, Header()],
    request: Request,
    home: Serving,
    caller: Asking,
    launcher: Launching,
) -> Response:
    """Keep a document in the home and ingest it; the body is the file. Without an audience only admins may read it."""
    authorize(caller, Action.MANAGE)
    audience = which.audience
    await run_sync(launcher.refuse_busy)  # what is kept but not ingested would wait unseen
    folder = await run_sync(_uploads, home.settings.home, audience, name)
    kept = await received(request, folder, LARGEST)
    await run_sync(kept.replace, folder / name)
    if which.more_to_come:
        return Response(status_code=204)
    run = await run_sync(launcher.start, [f"--audience={audience}", "--", str(folder)])
    return JSONResponse(of_run(await run_sync(runs.run_of, home.engine, run)), status_code=202)


def checked_audience(audience: str) -> str:
    """The audience, if it is one.

    Raises:
        Unusable: it is none.
    """
    try:
        return audience_id(audience)
    except ValueError as exc:
        raise Unusable(f"audience: {exc}") from exc


async def _told(home: Home, run: int) -> AsyncIterator[dict[str, str]]:
    while True:
        now = await run_sync(runs.run_of, home.engine, run)
        yield {"data": json.dumps(of_run(now))}
        if now.state != "running":
            return
        await asyncio.sleep(_TELL_SECONDS)


def _uploads(home: Path, audience: str, name: str) -> Path:
    """Each audience has a folder of its own: a folder is a source with one audience."""
    slug = _NOT_IN_NAMES.sub("-", checked_audience(audience))
    folder = uploads_of(home) / f"{slug}-{digest(audience)[:8]}"
    if not _NAME.fullmatch(name) or name.startswith("."):
        raise Unusable(f"{name!r} is no file name. A name such as handbook.pdf was expected")
    if suffix_of(name) not in READERS:
        raise Unusable(f"{name} cannot be read: {unsupported(name)}")
    make_private_folder(folder)
    return folder


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/sources", "GET", listed_sources),
    ("/api/sources/{source}/schedule", "PUT", set_schedule),
    ("/api/runs", "GET", listed_runs),
    ("/api/runs", "POST", start_run),
    ("/api/runs/{run}", "GET", one_run),
    ("/api/runs/{run}/events", "GET", watch_run),
    ("/api/runs/{run}/{wish}", "POST", wish_run),
    ("/api/uploads/{name}", "PUT", upload),
]
