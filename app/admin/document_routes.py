"""The server's routes for whoever keeps the documents: list, preview, who can read one, near copies, delete."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app import receipt
from app.access import Action, authorize
from app.access_explained import explain
from app.callers import Asking, Serving
from app.csv_rows import csv_text
from app.identity import audit
from retrieval.errors import Missing
from retrieval.ledger import catalogue, documents
from retrieval.ledger.catalogue import Wanted
from retrieval.ledger.documents import Entry
from retrieval.near_copies import near_copies

_Text = Annotated[str, Query(max_length=2000)]
_COLUMNS = ("uri", "title", "source", "audience", "contact", "applies", "from", "until", "look at", "changed")
_ALL = 1_000_000


class ListQuery(BaseModel):
    """Which documents to list; empty means any."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(default="", max_length=500)
    uri: str = Field(default="", max_length=2000)
    source: str = Field(default="", max_length=500)
    audience: str = Field(default="", max_length=500)
    flagged: bool = False
    first: int = Field(default=0, ge=0, le=_ALL)
    most: int = Field(default=50, ge=1, le=200)


def listed(which: Annotated[ListQuery, Query()], home: Serving, caller: Asking) -> dict[str, Any]:
    """All documents, whoever may read them, a page at a time."""
    authorize(caller, Action.MANAGE)
    wanted = Wanted(which.words, which.uri, which.source, which.audience, which.flagged)
    found = catalogue.page(home.engine, wanted, which.first, which.most)
    return {"total": found.total, "documents": [_of_entry(entry) for entry in found.entries]}


def as_csv(home: Serving, caller: Asking) -> Response:
    """The same as a CSV file in which no cell is a formula."""
    authorize(caller, Action.MANAGE)
    entries = catalogue.page(home.engine, Wanted(), 0, _ALL).entries
    return Response(csv_text(_COLUMNS, map(_row, entries)), media_type="text/csv; charset=utf-8")


def passages(uri: _Text, home: Serving, caller: Asking) -> list[dict[str, str]]:
    """A document as it was cut into chunks, so that its keeper sees what can be found of it."""
    authorize(caller, Action.MANAGE)
    _refuse_unknown(home, uri)
    return [asdict(one) for one in catalogue.passages(home.engine, uri)]


def access(uri: _Text, home: Serving, caller: Asking, email: _Text = "") -> dict[str, Any]:
    """Who can read a document and why; with an address, whether this person can."""
    authorize(caller, Action.MANAGE)
    return asdict(explain(home.engine, uri, email))


def copies(home: Serving, caller: Asking) -> list[list[dict[str, Any]]]:
    """Groups of documents that are nearly the same."""
    authorize(caller, Action.MANAGE)
    groups = near_copies(documents.texts(home.engine))
    return [[{"uri": one.uri, "similarity": round(one.similarity, 2)} for one in group] for group in groups]


def delete(uri: _Text, home: Serving, caller: Asking) -> dict[str, Any]:
    """Delete a document everywhere, look for its text, and return the receipt."""
    authorize(caller, Action.MANAGE)
    deleted = receipt.delete(home, uri).as_json()
    audit.note(home.engine, caller.email, "deleted a document", uri)
    return deleted


def _refuse_unknown(home: Serving, uri: str) -> None:
    if not documents.entries_at(home.engine, [uri]):
        raise Missing("There is no such document any more")


def _of_entry(entry: Entry) -> dict[str, Any]:
    """What a list shows of a document."""
    names = ("uri", "title", "source", "audience", "contact", "version")
    begins, ends = entry.facts.effective_from, entry.facts.effective_until
    return {name: getattr(entry, name) for name in names} | {
        "updated_at": entry.updated_at.isoformat(),
        "countries": list(entry.facts.countries),
        "effective_from": begins and begins.isoformat(),
        "effective_until": ends and ends.isoformat(),
        "stands": _stands(entry),
        "concerns": [str(concern) for concern in entry.concerns],
    }


def _stands(entry: Entry) -> str:
    today = datetime.now(UTC).date()
    if entry.facts.effective_until and entry.facts.effective_until < today:
        return "expired"
    if entry.facts.effective_from and entry.facts.effective_from > today:
        return "not yet in force"
    return "in force"


def _row(entry: Entry) -> list[object]:
    facts = entry.facts
    where, looked_at = " ".join(facts.countries), "; ".join(map(str, entry.concerns))
    fixed = (entry.uri, entry.title, entry.source, entry.audience, entry.contact, where)
    return [*fixed, facts.effective_from, facts.effective_until, looked_at, f"{entry.updated_at:%Y-%m-%d %H:%M}"]


ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("/api/admin/documents", "GET", listed),
    ("/api/admin/documents.csv", "GET", as_csv),
    ("/api/admin/document", "DELETE", delete),
    ("/api/admin/document/passages", "GET", passages),
    ("/api/admin/document/access", "GET", access),
    ("/api/admin/near-copies", "GET", copies),
]
