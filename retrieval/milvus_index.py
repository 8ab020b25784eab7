"""The dense index in Milvus: a file of Milvus Lite, or a server that several machines share. Always exact.

Each filling has a collection of its own. A row named `mark` says how far it is and which embedder made it; the row is
put in when the rest is whole, and readers take the newest collection that has one. So nobody sees half an index.
"""

import json
import logging
import math
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest
from typing import TypeVar

import numpy as np

from retrieval.access import Scope
from retrieval.chunk import digest
from retrieval.embedder import Vectors
from retrieval.errors import EmbedderMismatch
from retrieval.index import Near, Row
from retrieval.milvus_client import CollectionGone, Milvus

_log = logging.getLogger(__name__)
Item = TypeVar("Item")
_MARK = "mark"
_BATCH = 1_000  # rows, ids or audiences in one call
_UNSETTLED = 2_000  # changed rows that Milvus Lite still looks through quickly


@dataclass(frozen=True, slots=True)
class _State:
    """The collection in use, the newest change in it, whether it has its mark, and rows changed since the last save.

    In Milvus Lite there are at least `least` rows: who finds fewer has lost a file.
    """

    collection: str = ""
    seq: int = 0
    whole: bool = False
    unsettled: int = 0
    least: int = 0


class MilvusIndex:
    """Cosine search with Milvus inside a scope. `name` keeps the homes that share one Milvus apart."""

    def __init__(self, place: str, name: str, embedder_id: str, dim: int) -> None:
        self._milvus = Milvus(place)
        self._prefix = _prefix(name)
        self._embedder_id = embedder_id
        self._dim = dim
        self._lock = threading.Lock()  # to change something
        self._written = self._seen = 0  # calls that changed something, and how many of them a search has waited for
        self._state = self._newest()

    @property
    def seq(self) -> int:
        """The newest ledger change that has been applied."""
        return self._state.seq

    @property
    def rows(self) -> int:
        """How many chunks there are."""
        state = self._state
        return self._milvus.count(state.collection) - state.whole if state.collection else 0

    @property
    def due(self) -> bool:
        """Whether nobody else sees this filling yet, or so much has changed that Milvus Lite becomes slow."""
        state = self._state
        return state.collection != "" and (not state.whole or state.unsettled >= _UNSETTLED)

    def apply(self, upserts: Sequence[Row], deletes: Sequence[str], seq: int) -> None:
        """Put these rows in (replacing rows of the same id), take those out, and be at `seq`.

        Where another process has replaced the collection meanwhile, this index is at that one's change afterwards.
        """
        with self._lock:
            state = self._state if self._state.collection else self._created()
            try:
                self._put(state.collection, upserts, deletes)
                unsettled = state.unsettled + len(upserts) + len(deletes)
                least = max(0, state.least - len(deletes))
                self._state = replace(state, seq=max(seq, state.seq), unsettled=unsettled, least=least)
                if state.whole:
                    self._mark()
            except CollectionGone:
                self._state = self._newest()

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        """The k nearest chunks inside the scope, best first."""
        state = self._state
        try:
            return self._nearest(state.collection, vector, scope, k)
        except CollectionGone:
            with self._lock:
                self._state = self._newest()
                return self._nearest(self._state.collection, vector, scope, k)

    def clear(self) -> None:
        """Begin a new filling. Other processes go on with the present one until `save`."""
        with self._lock:
            self._state = _State()

    def save(self) -> None:
        """Let every process use this filling, and forget the ones before it."""
        with self._lock:
            if self._state.collection:
                self._publish()

    def purge(self) -> None:
        """Copy what is left to a new collection in Milvus Lite, which never rewrites its files; a server does so."""
        with self._lock:
            before = self._state
            if not self._milvus.is_file or not before.collection:
                return
            made = self._created()
            for rows in self._milvus.all(before.collection):
                self._milvus.upsert(made.collection, [row for row in rows if row["id"] != _MARK])
            self._state = replace(made, seq=before.seq)
            self._publish()

    def _publish(self) -> None:
        state = self._state
        self._milvus.settle(state.collection)
        self._state = replace(state, least=self.rows if self._milvus.is_file else 0)
        self._mark()
        self._state = replace(self._state, whole=True, unsettled=0)
        for name in self._milvus.names(self._prefix):
            if name != state.collection:
                self._milvus.drop(name)

    def _newest(self) -> _State:
        for name in reversed(self._milvus.names(self._prefix)):
            self._milvus.load(name)
            mark = self._milvus.audience(name, _MARK)
            if mark is not None:
                facts = json.loads(mark)
                if facts["embedder"] != self._embedder_id:
                    raise EmbedderMismatch(
                        f"The index in Milvus at {self._milvus.name} was made by the embedder {facts['embedder']}, the "
                        f"settings name {self._embedder_id}. Set FRONTDESK_EMBEDDER back, or set another "
                        "FRONTDESK_HOME and ingest again"
                    )
                state = _State(name, facts["seq"], whole=True, least=facts.get("least", 0))
                if not state.least or self._milvus.count(name) > state.least:  # which counts the mark
                    return state
                _log.warning("Milvus Lite has lost rows; they are put in again from the ledger")
        return _State()

    def _created(self) -> _State:
        before = self._milvus.names(self._prefix)
        number = int(before[-1].removeprefix(self._prefix).partition("_")[0]) + 1 if before else 1
        name = f"{self._prefix}{number:08d}_{secrets.token_hex(4)}"
        self._milvus.create(name, self._dim, f"Frontdesk, {self._embedder_id}")
        return _State(name)

    def _put(self, collection: str, upserts: Sequence[Row], deletes: Sequence[str]) -> None:
        self._written += 1
        for ids in _batches(list(deletes)):
            self._milvus.delete(collection, ids)
        for rows in _batches(list({row.chunk_id: row for row in upserts}.values())):
            made = [{"id": row.chunk_id, "audience": _key(row.audience), "vector": row.vector} for row in rows]
            self._milvus.upsert(collection, made)

    def _mark(self) -> None:
        """Say how far the rows are; written after them, so that after a crash they are only put in again."""
        state = self._state
        facts = json.dumps({"embedder": self._embedder_id, "seq": state.seq, "least": state.least})
        nowhere = np.zeros(self._dim, dtype=np.float32)
        self._milvus.upsert(state.collection, [{"id": _MARK, "audience": facts, "vector": nowhere}])

    def _nearest(self, collection: str, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        if not collection:
            return []
        written = self._written
        consistency = "Strong" if written > self._seen else "Bounded"  # a server takes 0.4 s to be sure
        near = []
        for audiences in _batches(sorted(map(_key, scope.audiences))):
            only = f"audience in {json.dumps(audiences)}"
            near += self._milvus.search(collection, np.asarray(vector, dtype=np.float32), only, k, consistency)
        self._seen = written
        found = [Near(chunk, cosine) for chunk, cosine in near if not math.isnan(cosine)]
        return nsmallest(k, found, key=lambda one: (-one.cosine, one.chunk_id))


def drop(place: str, name: str) -> None:
    """Forget every filling of a home's former index."""
    milvus = Milvus(place)
    for collection in milvus.names(_prefix(name)):
        milvus.drop(collection)


def _prefix(name: str) -> str:
    return f"frontdesk_{name}_"


def _key(audience: str) -> str:
    """What stands for an audience in Milvus: a digest, so that no name of an audience is ever part of an expression."""
    return digest(audience)[:32]


def _batches(items: list[Item]) -> Iterator[list[Item]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
