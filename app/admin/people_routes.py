"""The server's routes for people, groups and audiences: list, what an import would change, import."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy import func, select

from app import people
from app.access import Action, Caller, authorize
from app.admin.people_change import as_rows, change, everybody
from app.admin.received import small
from app.callers import Asking, Serving
from app.csv_rows import csv_text
from app.identity import audit
from app.people import COLUMNS, Person
from retrieval.access import ADMINS, EVERYONE
from retrieval.errors import Unusable
from retrieval.ledger import catalogue
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import audience_members

_MOST = 16 * 2**20
_FILE = "The file"


def listed(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Everybody who is known, with groups and country."""
    authorize(caller, Action.MANAGE)
    return [asdict(one) for one in everybody(home.engine)]


def as_csv(home: Serving, caller: Asking) -> Response:
    """The same as the CSV file that is imported."""
    authorize(caller, Action.MANAGE)
    return Response(csv_text(COLUMNS, as_rows(everybody(home.engine))), media_type="text/csv; charset=utf-8")


def audiences(home: Serving, caller: Asking) -> list[dict[str, Any]]:
    """Every audience with its members and documents; `everyone` first."""
    authorize(caller, Action.MANAGE)
    count = select(audience_members.c.audience, func.count()).group_by(audience_members.c.audience)
    with reading(home.engine) as connection:
        members = {str(name): int(many) for name, many in connection.execute(count)}
    documents = catalogue.counted(home.engine, "audience")
    members[EVERYONE] = len(people.names(home.engine))
    names = sorted({*members, *documents, ADMINS} - {EVERYONE})
    return [
        {"id": name, "members": members.get(name, 0), "documents": documents.get(name, 0)}
        for name in (EVERYONE, *names)
    ]


async def preview(request: Request, home: Serving, caller: Asking) -> dict[str, Any]:
    """What importing this CSV file would change; the body is the file. Changes nothing."""
    authorize(caller, Action.MANAGE)
    after = await _read(request, caller)
    return await run_sync(lambda: asdict(change(everybody(home.engine), after)))


async def replace(request: Request, home: Serving, caller: Asking) -> dict[str, Any]:
    """Make these the people and the groups; returns what that changed."""
    authorize(caller, Action.MANAGE)
    after = await _read(request, caller)
    before = await run_sync(everybody, home.engine)
    await run_sync(people.replace_all, home.engine, after)
    await run_sync(audit.note, home.engine, caller.email, "imported the people", f"{len(after)} people")
    return asdict(change(before, after))


async def _read(request: Request, caller: Caller) -> list[Person]:
    found = people.people_in(await small(request, _MOST), _FILE)
    _refuse_lock_out(found, caller)
    return found


def _refuse_lock_out(after: Sequence[Person], caller: Caller) -> None:
    """Somebody must be left who can open this page: at least whoever imports."""
    group = ADMINS.partition(":")[2]
    if not any(one.email == caller.email and group in one.groups for one in after):
        raise Unusable(
            f"The file would take you, {caller.email}, out of {ADMINS}: you could not undo it here. Put yourself into "
            f"{group}, or import it with: frontdesk people import FILE"
        )


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/people", "GET", listed),
    ("/api/admin/people", "PUT", replace),
    ("/api/admin/people.csv", "GET", as_csv),
    ("/api/admin/people/preview", "POST", preview),
    ("/api/admin/audiences", "GET", audiences),
]
