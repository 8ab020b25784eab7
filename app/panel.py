"""What a front end shows beside answers: a source that was opened, the documents that somebody may read."""

from datetime import date
from typing import Any

from sqlalchemy import Engine

from app.access import Action, Caller, authorize
from app.chat.original import file_of
from retrieval.access import Scope
from retrieval.errors import Missing
from retrieval.ledger import documents, lookup


def opened(engine: Engine, chunk_id: str, caller: Caller) -> dict[str, Any]:
    """A source opened from an answer: the chunk with what stands around it. Authorised again at the click.

    Raises:
        Missing: it is gone, or the caller may not read it.
    """
    authorize(caller, Action.READ_DOCUMENTS)
    found = lookup.find(engine, [chunk_id], caller.scope).get(chunk_id)
    if found is None:
        raise Missing("This source is no longer there, or you may not read it")
    around = lookup.between(engine, found.chunk.uri, found.ordinal - 1, found.ordinal + 1, caller.scope)
    entry = documents.entries_at(engine, [found.chunk.uri])[found.chunk.uri]
    return {
        "uri": found.chunk.uri,
        "title": found.chunk.title,
        "heading": found.chunk.heading,
        "text": found.chunk.text,
        "before": "\n\n".join(one.chunk.text for one in around if one.ordinal < found.ordinal),
        "after": "\n\n".join(one.chunk.text for one in around if one.ordinal > found.ordinal),
        "contact": found.contact,
        "updated_at": entry.updated_at.date().isoformat(),
        "effective_from": _day(found.facts.effective_from),
        "effective_until": _day(found.facts.effective_until),
        "has_original": file_of(engine, entry) is not None,
    }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def readable(engine: Engine, scope: Scope) -> list[documents.Entry]:
    """The documents inside a scope."""
    return documents.entries(engine, scope=scope)
