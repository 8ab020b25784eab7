"""The file that a cited passage comes from, as it lies in its folder: for whoever may read the passage, unchanged."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from app.access import Action, Caller, authorize
from retrieval.errors import Missing
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.documents import Entry

GONE = "This source is no longer there, or you may not read it"
NOT_KEPT = "The original of this source is not at hand here"
CHANGED = "The original has changed since it was read. It opens again after the next ingestion"


@dataclass(frozen=True, slots=True)
class Original:
    """A file's name and content."""

    name: str
    data: bytes


def original(engine: Engine, chunk: str, caller: Caller) -> Original:
    """The file that a chunk was read from. Authorised again at the click.

    Raises:
        Missing: it is gone, closed to the caller, no file, changed since it was read, or holds what is hidden here.
    """
    authorize(caller, Action.READ_DOCUMENTS)
    found = lookup.find(engine, [chunk], caller.scope).get(chunk)
    if found is None:
        raise Missing(GONE)
    entry = documents.entries_at(engine, [found.chunk.uri])[found.chunk.uri]
    file = file_of(engine, entry)
    if file is None:
        raise Missing(NOT_KEPT)
    try:
        with file.open("rb") as opened:
            state = os.fstat(opened.fileno())
            data = opened.read()
    except OSError as exc:
        raise Missing(NOT_KEPT) from exc
    if not entry.stamp.startswith(f"{state.st_size}:{state.st_mtime_ns}:"):  # as the folder stamps its items
        raise Missing(CHANGED)
    return Original(file.name, data)


def file_of(engine: Engine, entry: Entry) -> Path | None:
    """Where a document's file lies; nothing where it is no file, or where parts of it are hidden from readers."""
    if any(concern.hides for concern in entry.concerns):
        return None
    folder = Path(runs.source_of(engine, entry.source).location)
    _, _, path = entry.uri.partition("/")
    if not folder.is_absolute() or not folder.is_dir():
        return None
    file = (folder / path).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
