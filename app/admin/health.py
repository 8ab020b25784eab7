"""How the home is: documents, indexes, disk, versions, the last run; and its settings with their origin."""

import platform
import shutil
from dataclasses import dataclass
from importlib import metadata
from typing import Any

from app.bootstrap import Home
from app.json_output import of_run
from app.settings import without_secrets
from retrieval.ledger import lookup, runs

_PARTS = (
    "frontdesk",
    "streamlit",
    "torch",
    "transformers",
    "sentence-transformers",
    "openvino",
    "faiss-cpu",
    "pymilvus",
)
_LITTLE = 0.05  # of the disk


@dataclass(frozen=True, slots=True)
class Health:
    """What somebody looks at first. `wrong` are sentences that say what to do; empty when all is well."""

    documents: int
    chunks: int
    index: str
    indexed: int
    behind: int
    embedder: str
    answers_from: tuple[str, ...]
    disk_free: int
    disk_total: int
    last_run: dict[str, Any] | None
    versions: dict[str, str]
    wrong: tuple[str, ...]


def health(home: Home) -> Health:
    """Look at the home as it is being served; loads nothing."""
    documents, chunks = lookup.counts(home.engine)
    indexes, newest = home.indexes, lookup.newest_change(home.engine)
    behind = newest - min(indexes.dense.seq, indexes.lexical.seq)
    disk = shutil.disk_usage(home.settings.home)
    last = next(iter(runs.listed_runs(home.engine, 1)), None)
    wrong = []
    if disk.free < _LITTLE * disk.total:
        wrong.append("The disk is nearly full. Free some space: a run that finds none ends with an error.")
    if last and last.state in ("failed", "interrupted"):
        wrong.append(
            f"The last run, of {last.source}, is {last.state}. Ingest the source again; it goes on from there."
        )
    if not documents:
        wrong.append("There are no documents yet. Add some on the page Sources.")
    return Health(
        documents,
        chunks,
        without_secrets(home.settings.index) or "FAISS files",
        indexes.dense.rows,
        behind,
        home.embedder.id,
        tuple(home.answerers),
        disk.free,
        disk.total,
        of_run(last) if last else None,
        _versions(),
        tuple(wrong),
    )


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in _PARTS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
