"""Deleting a document and proving it: what went, where its text was looked for afterwards, what was found."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.backup import backups
from app.bootstrap import Home
from app.erasure import Deleted
from app.remains import look
from app.shingles import patterns
from app.trace import Trace, columns_with, traced
from retrieval.ledger.documents import purge_is_due

SOURCE_STAYS = "While its file is still in the source, the next ingest brings it back."


@dataclass(frozen=True, slots=True)
class Receipt:
    """Of one deletion. `looked_for` counts runs of eight words that were in this document only.

    `shared` are those that other documents say too. `beyond` are sentences about what cannot be reached from here.
    """

    uri: str
    at: datetime
    deleted: Deleted
    looked_for: int
    shared: int
    columns: tuple[str, ...]
    files: tuple[str, ...]
    found: tuple[str, ...]
    beyond: tuple[str, ...]
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.found

    def as_json(self) -> dict[str, Any]:
        """`frontdesk delete --verify --json`."""
        fields = asdict(self)
        return {"clean": self.clean} | fields | {"at": self.at.isoformat(), "seconds": round(self.seconds, 3)}


def delete(home: Home, uri: str) -> Receipt:
    """Delete a document, then look for it in every column of the ledger that holds text and every file of the home.

    Raises:
        Missing: there is no such document.
    """
    begun = time.monotonic()
    with home.alone():
        trace = traced(home.engine, uri)
        deleted = home.remove(uri)
        columns, found = columns_with(home.engine, trace)
        looked_through = list(_files(home))
        found += _files_with(home.settings.home, looked_through, trace)
    return Receipt(
        uri,
        datetime.now(UTC),
        deleted,
        len(trace.stretches),
        trace.shared,
        tuple(columns),
        tuple(map(str, looked_through)),
        tuple(found),
        tuple(_beyond(home)),
        time.monotonic() - begun,
    )


def _files(home: Home) -> Iterator[Path]:
    """Every file below the home, and the ledger's own ones where they are elsewhere."""
    url, folder = home.engine.url, home.settings.home
    below = sorted(path for path in folder.rglob("*") if path.is_file())
    yield from below
    if url.get_backend_name() == "sqlite" and url.database:
        beside = Path(url.database)
        yield from (path for path in sorted(beside.parent.glob(f"{beside.name}*")) if path not in below)


def _files_with(home: Path, files: Iterable[Path], trace: Trace) -> list[str]:
    """The names of those that hold some of the trace; ids of chunks may stand in the ledger, which tells indexes."""
    left = patterns(trace.stretches) | trace.vectors
    of_indexes: dict[bool, list[Path]] = {False: [], True: []}
    for file in files:
        of_indexes[file.is_relative_to(home / "index")].append(file)
    ids = {chunk.encode() for chunk in trace.chunks}
    return look([(left, of_indexes[False]), (left | ids, of_indexes[True])])


def _beyond(home: Home) -> Iterator[str]:
    if purge_is_due(home.engine):
        yield "A log that another process was reading meanwhile: the next ingestion or deletion empties it."
    yield SOURCE_STAYS
    for backup in backups(home.engine):
        yield f"The backup of {backup.at:%Y-%m-%d %H:%M} UTC, written to {backup.place}: restoring it brings it back."
    if home.engine.dialect.name != "sqlite":
        yield "PostgreSQL's own files: they hold it until its VACUUM and the end of its logs, replicas and backups."
        yield "Index files of other machines with this database: they show it no more; `frontdesk index rebuild` there."
    if home.settings.index:
        yield "The files of Milvus: they hold its vectors, not its words, until Milvus compacts them."
