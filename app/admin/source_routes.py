"""The server's routes for sources beside those of runs: overview, failures, deletion, a Slack export, live Slack."""

import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import Header, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import func, select

from app.access import Action, authorize
from app.admin.received import received
from app.admin.source_removal import remove_source
from app.callers import Asking, Serving
from app.identity import audit
from app.json_output import of_run
from app.places import exports_of, uploads_of
from app.run_routes import Launching, checked_audience
from app.tables import slack_events
from ingest.slack_export import SlackExport
from ingest.slack_state import SlackState
from ingest.slack_workspace import SlackWorkspace
from retrieval.access import EVERYONE
from retrieval.errors import Unusable
from retrieval.ledger import catalogue, runs
from retrieval.ledger.engine import reading
from retrieval.ledger.runs import Run, SourceEntry

_LARGEST_EXPORT = 4 * 2**30
_NOT_IN_NAMES = re.compile(r"[^\w.-]+")


def overview(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """The sources, each with its documents, what could not be read, and its last run."""
    authorize(caller, Action.MANAGE)
    documents = catalogue.counted(home.engine, "source")
    newest: dict[str, Run] = {}
    for run in runs.listed_runs(home.engine, 500):
        newest.setdefault(run.source, run)
    found = []
    for source in runs.listed_sources(home.engine):
        last = newest.get(source.name)
        found.append(
            asdict(source)
            | {
                "documents": documents.get(source.name, 0),
                "failures": len(runs.known_failures(home.engine, source.name)),
                "last_run": of_run(last) if last else None,
                "uploaded": _is_ours(home.settings.home, source),
            }
        )
    return found


def failures(home: Serving, caller: Asking, source: Annotated[str, Query(max_length=500)] = "") -> list[dict[str, str]]:
    """What could not be read, and why; of one source or of all."""
    authorize(caller, Action.MANAGE)
    return [{"uri": one.uri, "reason": one.reason} for one in runs.known_failures(home.engine, source or None)]


def remove(source: str, home: Serving, caller: Asking) -> dict[str, Any]:
    """Delete a source with all its documents."""
    authorize(caller, Action.MANAGE)
    removed = remove_source(home, source)
    audit.note(home.engine, caller.email, "deleted a source", source)
    return asdict(removed)


async def slack_export(
    name: str,
    request: Request,
    home: Serving,
    caller: Asking,
    launcher: Launching,
    audience: Annotated[str, Header()] = EVERYONE,
) -> Response:
    """Keep a Slack export in the home and ingest it; the body is the ZIP. The audience is that of public channels."""
    authorize(caller, Action.MANAGE)
    checked_audience(audience)
    folder = exports_of(home.settings.home)
    file = await received(request, folder, _LARGEST_EXPORT)
    kept = await run_sync(_named, file, name, audience)
    run = await run_sync(launcher.start, [f"--audience={audience}", "--", str(kept)])
    return JSONResponse(of_run(await run_sync(runs.run_of, home.engine, run)), status_code=202)


def live_slack(home: Serving, caller: Asking) -> dict[str, Any]:
    """How far the copy of the live workspace is; whether there is a token for it."""
    authorize(caller, Action.MANAGE)
    kinds = {source.kind: source for source in runs.listed_sources(home.engine)}
    source = kinds.get(SlackWorkspace.kind)
    state = SlackState(home.engine, source.location.removeprefix("slack:")) if source else None
    with reading(home.engine) as connection:
        last = connection.execute(select(func.max(slack_events.c.received_at))).scalar()
    channels = sorted(state.channels().values(), key=lambda one: one.name) if state else []
    fields = ("channel", "name", "audience", "is_whole")
    return {
        "token": bool(home.settings.slack_bot_token.get_secret_value()),
        "source": source.name if source else "",
        "last_event": last.isoformat() if last else None,
        "channels": [
            {name: getattr(one, name) for name in fields} | {"left": one.left_at is not None} for one in channels
        ],
    }


def _named(file: Path, name: str, audience: str) -> Path:
    """The file under its workspace's name, so that a newer export of it takes its place."""
    with TemporaryDirectory(prefix=".", dir=file.parent) as scratch:
        there = Path(scratch) / f"{_NOT_IN_NAMES.sub('-', Path(name).stem)[:80] or 'export'}.zip"
        file.replace(there)
        try:
            workspace = SlackExport(there, audience).name.removeprefix("slack-")
        except Unusable as exc:
            raise Unusable(str(exc).replace(str(there), name)) from exc
        return there.replace(file.with_name(f"{workspace}.zip"))


def _is_ours(home: Path, source: SourceEntry) -> bool:
    """Whether its files were uploaded here, so that they go with it."""
    ours = (uploads_of(home).resolve(), exports_of(home).resolve())
    return any(Path(source.path or source.location).is_relative_to(folder) for folder in ours)


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/sources", "GET", overview),
    ("/api/admin/failures", "GET", failures),
    ("/api/admin/slack", "GET", live_slack),
    ("/api/sources/{source}", "DELETE", remove),
    ("/api/slack-exports/{name}", "PUT", slack_export),
]
