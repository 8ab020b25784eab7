"""The dense index on FAISS: an exact base on disk, an exact delta in memory, a mask of what is gone.

On disk an index is a folder `dense-<seq>` of files that never change, complete once its manifest can be read.
Approximate FAISS indexes lose results inside a selective scope, so the base is flat; see docs/decisions.md.
"""

import json
import logging
import os
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.access import Scope
from retrieval.chunk import digest
from retrieval.embedder import Vectors
from retrieval.errors import EmbedderMismatch, Unusable
from retrieval.index import Near, Row

if TYPE_CHECKING:
    import faiss

_log = logging.getLogger(__name__)
_VECTORS, _ROWS, _MANIFEST = "vectors.faiss", "rows.json", "manifest.json"


@dataclass(frozen=True, slots=True)
class _State:
    """What one search sees. Replaced as a whole, so that a search needs no lock."""

    base: "faiss.Index"
    ids: tuple[str, ...]
    audiences: NDArray[np.str_]
    alive: NDArray[np.bool_]
    delta: dict[str, Row]
    seq: int


class FaissIndex:
    """Exact cosine search with FAISS inside a scope; opens the newest complete folder below `home`."""

    def __init__(self, home: Path, embedder_id: str, dim: int) -> None:
        self._home = home
        self._embedder_id = embedder_id
        self._dim = dim
        self._lock = threading.Lock()
        self._state = self._load()
        self._place = {chunk: place for place, chunk in enumerate(self._state.ids)}

    @property
    def seq(self) -> int:
        """The newest ledger change that has been applied."""
        return self._state.seq

    @property
    def pending(self) -> int:
        """Rows in the delta: a measure of how much a merge would gain."""
        return len(self._state.delta)

    def apply(self, upserts: Sequence[Row], deletes: Sequence[str], seq: int) -> None:
        """Put these rows in (replacing rows of the same id), take those out, and be at `seq`."""
        with self._lock:
            alive = self._state.alive.copy()
            delta = dict(self._state.delta)
            for chunk in [*deletes, *(row.chunk_id for row in upserts)]:
                delta.pop(chunk, None)
                if chunk in self._place:
                    alive[self._place[chunk]] = False
            delta.update({row.chunk_id: row for row in upserts})
            self._state = replace(self._state, alive=alive, delta=delta, seq=seq)

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        """The k nearest chunks inside the scope, best first; exact."""
        state = self._state
        near = _search_base(state, vector, scope, k) + _search_delta(state, vector, scope)
        return sorted(near, key=lambda found: (-found.cosine, found.chunk_id))[:k]

    def clear(self) -> None:
        """Forget every row and be at 0, to be filled again from the ledger."""
        with self._lock:
            self._state = _empty(self._dim)
            self._place = {}

    def save(self) -> None:
        """Merge base and delta into a new folder: temporary name, synced, renamed."""
        with self._lock:
            state = self._merged()
            folder = self._home / f"dense-{state.seq:012d}"
            if not folder.exists():
                self._write(state, folder)
            self._state = state
            self._place = {chunk: place for place, chunk in enumerate(state.ids)}
            for old in self._home.glob("dense-*"):
                stale = old.suffix == ".tmp" or old.name < folder.name
                if stale and not _is_being_written(old):
                    shutil.rmtree(old, ignore_errors=True)

    def _merged(self) -> _State:
        import faiss

        state = self._state
        kept = np.flatnonzero(state.alive)
        total = state.base.ntotal
        none = np.zeros((0, self._dim), dtype=np.float32)
        vectors = state.base.reconstruct_n(0, total)[kept] if total else none
        added = list(state.delta.values())
        base = faiss.IndexFlatIP(self._dim)
        base.add(np.vstack([vectors, *(row.vector[None, :] for row in added)]).astype(np.float32))
        ids = (*(state.ids[place] for place in kept), *(row.chunk_id for row in added))
        audiences = np.array([*state.audiences[kept], *(row.audience for row in added)], dtype=np.str_)
        return _State(base, ids, audiences, np.ones(len(ids), dtype=np.bool_), {}, state.seq)

    def _write(self, state: _State, folder: Path) -> None:
        import faiss

        temporary = self._home / f"dense-{state.seq:012d}.{os.getpid()}.tmp"
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        faiss.write_index(state.base, str(temporary / _VECTORS))
        rows = json.dumps({"ids": state.ids, "audiences": state.audiences.tolist()})
        (temporary / _ROWS).write_text(rows)
        manifest = {
            "embedder": self._embedder_id,
            "dim": self._dim,
            "seq": state.seq,
            "vectors": digest((temporary / _VECTORS).read_bytes()),
            "rows": digest(rows),
        }
        (temporary / _MANIFEST).write_text(json.dumps(manifest))
        for path in (*temporary.iterdir(), temporary):
            _sync(path)
        try:
            temporary.rename(folder)
        except OSError:  # another process saved the same state first
            shutil.rmtree(temporary, ignore_errors=True)
        _sync(self._home)

    def _load(self) -> _State:
        for folder in sorted(self._home.glob("dense-" + "[0-9]" * 12), reverse=True):
            try:
                return self._read(folder)
            except (OSError, ValueError, KeyError, TypeError, RuntimeError) as exc:
                _log.warning("The index %s is damaged and will be rebuilt: %s", folder.name, exc)
                shutil.rmtree(folder, ignore_errors=True)
        return _empty(self._dim)

    def _read(self, folder: Path) -> _State:
        import faiss

        manifest = json.loads((folder / _MANIFEST).read_text())
        if manifest["embedder"] != self._embedder_id:
            raise EmbedderMismatch(
                f"The index in {folder} was made by the embedder {manifest['embedder']}, the settings name "
                f"{self._embedder_id}. Set FRONTDESK_EMBEDDER back, or set another FRONTDESK_HOME and ingest again"
            )
        rows_text = (folder / _ROWS).read_text()
        if (digest(rows_text), digest((folder / _VECTORS).read_bytes())) != (
            manifest["rows"],
            manifest["vectors"],
        ):
            raise ValueError("a checksum does not match")
        rows = json.loads(rows_text)
        base = faiss.read_index(str(folder / _VECTORS))
        audiences = np.array(rows["audiences"], dtype=np.str_)
        alive = np.ones(len(rows["ids"]), dtype=np.bool_)
        return _State(base, tuple(rows["ids"]), audiences, alive, {}, int(manifest["seq"]))


def _empty(dim: int) -> _State:
    try:
        import faiss
    except ImportError as exc:
        raise Unusable(
            "FAISS is not installed. Run: pip install 'frontdesk[cpu]', or 'frontdesk[gpu]' where there is a GPU"
        ) from exc
    nothing = np.array([], dtype=np.str_)
    return _State(faiss.IndexFlatIP(dim), (), nothing, np.ones(0, dtype=np.bool_), {}, 0)


def _search_base(state: _State, vector: Vectors, scope: Scope, k: int) -> list[Near]:
    import faiss

    allowed = state.alive & np.isin(state.audiences, sorted(scope.audiences))
    count = min(k, int(allowed.sum()))
    if not count:
        return []
    # FAISS's Python layer takes the array and the keyword, which its type stubs do not know.
    selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))  # type: ignore[call-arg, arg-type]
    parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
    cosines, places = state.base.search(vector[None, :].astype(np.float32), count, params=parameters)
    return [
        Near(state.ids[place], float(cosine)) for cosine, place in zip(cosines[0], places[0], strict=True) if place >= 0
    ]


def _search_delta(state: _State, vector: Vectors, scope: Scope) -> list[Near]:
    rows = [row for row in state.delta.values() if row.audience in scope]
    if not rows:
        return []
    cosines = np.stack([row.vector for row in rows]) @ vector
    return [Near(row.chunk_id, float(cosine)) for row, cosine in zip(rows, cosines, strict=True)]


def _is_being_written(folder: Path) -> bool:
    """Whether another process is at work on this temporary folder; its name tells which."""
    _, _, rest = folder.name.partition(".")
    process = rest.removesuffix(".tmp")
    if not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)  # asks whether it lives, sends nothing
    except ProcessLookupError:
        return False
    except PermissionError:  # it lives and is somebody else's
        return True
    return True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
