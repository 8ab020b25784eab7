"""The dense index on FAISS: merged rows on disk, a tail of newer ones in memory, a mask of what is gone.

Searches inside a scope are exact up to ten thousand rows; in a bigger one they look at the nearest clusters of rows.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval import dense_base, dense_files
from retrieval.access import Scope
from retrieval.dense_base import Base
from retrieval.embedder import Vectors
from retrieval.errors import EmbedderMismatch, Unusable
from retrieval.index import Near, Row
from retrieval.rows import Rows, encoded, gathered

_log = logging.getLogger(__name__)
_FEWEST, _SHARE = 2_000, 100  # a merge rewrites every row, so it waits until the tail is a hundredth of them


@dataclass(frozen=True, slots=True)
class _Change:
    """One call of `apply`."""

    upserts: Sequence[Row]
    deletes: Sequence[str]
    seq: int


@dataclass(frozen=True, slots=True)
class _State:
    """What one search sees. Replaced as a whole, so that a search needs no lock."""

    base: Base
    tail: Rows
    seq: int

    def after(self, change: _Change) -> "_State":
        rows = {row.chunk_id: row for row in change.upserts}
        gone = [*change.deletes, *rows]
        tail = self.tail.where(~np.isin(self.tail.ids, encoded(gone)))
        added = gathered(list(rows.values()), tail.vectors.shape[1])
        return _State(self.base.without(gone), tail.joined(added), change.seq)


class FaissIndex:
    """Cosine search with FAISS inside a scope; opens the newest complete folder below `home`."""

    def __init__(self, home: Path, embedder_id: str, dim: int) -> None:
        _require_faiss()
        self._home = home
        self._embedder_id = embedder_id
        self._dim = dim
        self._lock = threading.Lock()  # to replace the state
        self._saving = threading.Lock()
        self._missed: list[_Change] | None = None  # by the merge that is going on
        self._state = self._load()

    @property
    def seq(self) -> int:
        """The newest ledger change that has been applied."""
        return self._state.seq

    @property
    def rows(self) -> int:
        """How many chunks there are."""
        state = self._state
        return int(state.base.alive.sum()) + len(state.tail)

    @property
    def due(self) -> bool:
        """Whether so many rows wait to be merged that it is worth rewriting all."""
        return len(self._state.tail) >= max(_FEWEST, len(self._state.base.rows) // _SHARE)

    def apply(self, upserts: Sequence[Row], deletes: Sequence[str], seq: int) -> None:
        """Put these rows in (replacing rows of the same id), take those out, and be at `seq`."""
        change = _Change(upserts, deletes, seq)
        with self._lock:
            self._state = self._state.after(change)
            if self._missed is not None:
                self._missed.append(change)

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        """The k nearest chunks inside the scope, best first; exact up to ten thousand rows of it."""
        state = self._state
        recent = state.tail.nearest(vector, np.flatnonzero(state.tail.inside(scope)), k)
        near = state.base.search(vector, scope, k) + recent
        return sorted(near, key=lambda found: (-found.cosine, found.chunk_id))[:k]

    def clear(self) -> None:
        """Forget every row and be at 0, to be filled again from the ledger."""
        with self._lock:
            if self._state.seq:  # what is on disk is as foreign as what is in memory
                for folder in dense_files.newest(self._home):
                    dense_files.remove(folder)
            self._state = self._empty()
            self._missed = None

    def save(self) -> None:
        """Merge base and tail into a new folder. Searches and changes go on meanwhile, in memory."""
        with self._saving:
            with self._lock:
                state, self._missed = self._state, []
            try:
                self._replace(self._merged(state))
            finally:
                with self._lock:
                    self._missed = None
            dense_files.tidy(self._home, state.seq)

    def purge(self) -> None:
        """Nothing is left to do: `save` has written every file anew."""

    def _replace(self, merged: _State) -> None:
        with self._lock:
            if self._missed is None:  # cleared meanwhile
                dense_files.remove(dense_files.folder_of(self._home, merged.seq))
                return
            for change in self._missed:
                merged = merged.after(change)
            self._state = merged

    def _merged(self, state: _State) -> _State:
        folder = dense_files.folder_of(self._home, state.seq)
        base = self._opened(folder)  # this state may be saved, by another process too
        if base is None:
            dense_base.merge(self._home, state.base, state.tail, self._embedder_id, state.seq)
            base = dense_base.opened(folder)
        return _State(base, gathered([], self._dim), state.seq)

    def _load(self) -> _State:
        for folder in dense_files.newest(self._home):
            base = self._opened(folder)
            if base is not None:
                return _State(base, gathered([], self._dim), base.facts.seq)
        return self._empty()

    def _opened(self, folder: Path) -> Base | None:
        if not folder.exists():
            return None
        try:
            base = dense_base.opened(folder)
        except (OSError, ValueError, KeyError, TypeError) as exc:
            _log.warning("The index %s is damaged and will be rebuilt: %s", folder.name, exc)
            dense_files.remove(folder)
            return None
        if base.facts.embedder != self._embedder_id:
            raise EmbedderMismatch(
                f"The index in {folder} was made by the embedder {base.facts.embedder}, the settings name "
                f"{self._embedder_id}. Set FRONTDESK_EMBEDDER back, or set another FRONTDESK_HOME and ingest again"
            )
        return base

    def _empty(self) -> _State:
        return _State(dense_base.empty(self._dim), gathered([], self._dim), 0)


def _require_faiss() -> None:
    try:
        import faiss  # noqa: F401
    except ImportError as exc:
        raise Unusable(
            "FAISS is not installed. Run: pip install 'frontdesk[cpu]', or 'frontdesk[gpu]' where there is a GPU"
        ) from exc
