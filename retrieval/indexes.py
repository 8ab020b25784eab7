"""Dense and lexical index kept in step with the ledger."""

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from retrieval.access import Scope
from retrieval.errors import EmbedderMismatch, IndexUnavailable, Unusable
from retrieval.index import Index, Row
from retrieval.ledger import lookup
from retrieval.lexical import LexicalIndex

_log = logging.getLogger(__name__)
_BLOCK = 25_000  # rows that are in memory at once while an index is filled
_SAMPLE, _ROUNDING = 20, 1e-3  # stored vectors that are looked for in a filled index; how exactly it gives cosines

Watch = Callable[[int, int], None]  # is told how many of how many chunks are in the index


class Indexes:
    """Both indexes of one ledger. Every search catches up first, so that a change counts on the next question."""

    def __init__(self, engine: Engine, dense: Index, lexical: LexicalIndex) -> None:
        self._engine = engine
        self.dense = dense
        self.lexical = lexical
        self._ledger = lookup.fact(engine, "ledger")
        self._lock = threading.Lock()
        self._merging = threading.Thread()

    def catch_up(self) -> None:
        """Apply the ledger's changes that the indexes have not seen; fill an empty or foreign index anew."""
        newest = lookup.newest_change(self._engine)
        self._refuse_replaced()
        if self.dense.seq == newest and self.lexical.seq == newest:
            return
        with self._lock:
            self._catch_up_dense(newest)
            self._catch_up_lexical(newest)
            if self.dense.due and not self._merging.is_alive():
                self._merging = threading.Thread(target=self._merge, daemon=True)
                self._merging.start()

    def save(self) -> None:
        """Catch up and make the dense index survive the process; the lexical one always does."""
        self.catch_up()
        self.dense.save()

    def rebuild(self, watch: Watch) -> None:
        """Make both anew from the ledger. Nothing is embedded; what was searched before serves as long as it can."""
        with self._lock:
            newest = lookup.newest_change(self._engine)
            fill(self._engine, self.dense, watch)
            self.lexical.clear()
            self._catch_up_lexical(newest)
        self.dense.save()

    def _refuse_replaced(self) -> None:
        """The ledger begins another name where its vectors are made anew: comparing with these would be nonsense."""
        if lookup.fact(self._engine, "ledger") != self._ledger:
            raise EmbedderMismatch(
                f"The vectors of this home were made anew, by the embedder {lookup.fact(self._engine, 'embedder')}, "
                "while this process ran. Restart it with FRONTDESK_EMBEDDER set to that one"
            )

    def _merge(self) -> None:
        try:
            self.dense.save()
        except (OSError, RuntimeError, IndexUnavailable) as exc:  # a full disk, no server: the present one goes on
            _log.warning("The dense index could not be merged: %s", exc)

    def _catch_up_dense(self, newest: int) -> None:
        if self.dense.seq > newest or self.dense.seq == 0:
            _log.info("Filling the dense index from the ledger")
            fill(self._engine, self.dense)
            return
        seq, changed = lookup.changed_since(self._engine, self.dense.seq)
        rows = _rows(self._engine, changed)
        kept = {row.chunk_id for row in rows}
        self.dense.apply(rows, [chunk for chunk in changed if chunk not in kept], seq)

    def _catch_up_lexical(self, newest: int) -> None:
        if self.lexical.seq > newest:
            self.lexical.clear()
        if self.lexical.seq == 0:
            seq, changed = newest, lookup.alive_ids(self._engine)
        else:
            seq, changed = lookup.changed_since(self._engine, self.lexical.seq)
        found = lookup.texts(self._engine, changed)
        self.lexical.apply(found, [chunk for chunk in changed if chunk not in found], seq)


def fill(engine: Engine, dense: Index, watch: Watch | None = None) -> None:
    """Put every chunk of the ledger into a dense index, and nothing else; it is at 0 until all are in."""
    newest = lookup.newest_change(engine)
    chunk_ids = lookup.alive_ids(engine)
    dense.clear()
    for start in range(0, len(chunk_ids), _BLOCK):
        dense.apply(_rows(engine, chunk_ids[start : start + _BLOCK]), [], 0)
        if watch:
            watch(min(start + _BLOCK, len(chunk_ids)), len(chunk_ids))
    dense.apply([], [], newest)


def compare(engine: Engine, dense: Index) -> None:
    """Compare a dense index with the ledger: how many rows it has, and whether some stored vectors are found in it.

    Raises:
        Unusable: they differ.
    """
    chunk_ids = lookup.alive_ids(engine)
    if dense.rows != len(chunk_ids):
        raise Unusable(f"The index has {dense.rows} rows for the ledger's {len(chunk_ids)} chunks. Fill it once more")
    sample = chunk_ids[:: max(1, len(chunk_ids) // _SAMPLE)][:_SAMPLE]
    for row in _rows(engine, sample):
        near = dense.search(row.vector, Scope(frozenset({row.audience})), _SAMPLE)
        stored = {one.chunk_id: one.vector for one in _rows(engine, [one.chunk_id for one in near])}
        wrong = [one for one in near if abs(float(stored[one.chunk_id] @ row.vector) - one.cosine) > _ROUNDING]
        if wrong or not near or near[0].cosine < 1 - _ROUNDING:
            raise Unusable("The index finds other vectors than the ledger's. Fill it once more")


def _rows(engine: Engine, chunk_ids: Sequence[str]) -> list[Row]:
    found = lookup.vectors(engine, chunk_ids)
    return [Row(chunk, audience, vector) for chunk, (audience, vector) in found.items()]
