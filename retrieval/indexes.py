"""Dense and lexical index kept in step with the ledger."""

import logging
import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from retrieval.index import Index, Row
from retrieval.ledger import lookup
from retrieval.lexical import LexicalIndex

_log = logging.getLogger(__name__)


class Indexes:
    """Both indexes of one ledger. Every search catches up first, so that a change counts on the next question."""

    def __init__(self, engine: Engine, dense: Index, lexical: LexicalIndex) -> None:
        self._engine = engine
        self.dense = dense
        self.lexical = lexical
        self._lock = threading.Lock()
        self._merging = threading.Thread()

    def catch_up(self) -> None:
        """Apply the ledger's changes that the indexes have not seen; fill an empty or foreign index anew."""
        newest = lookup.newest_change(self._engine)
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

    def _merge(self) -> None:
        try:
            self.dense.save()
        except (OSError, RuntimeError) as exc:  # a full disk, or FAISS gives up: memory goes on serving
            _log.warning("The dense index could not be merged: %s", exc)

    def _catch_up_dense(self, newest: int) -> None:
        if self.dense.seq > newest or self.dense.seq == 0:
            self._fill_dense(newest)
            return
        seq, changed = lookup.changed_since(self._engine, self.dense.seq)
        rows = self._rows(changed)
        kept = {row.chunk_id for row in rows}
        self.dense.apply(rows, [chunk for chunk in changed if chunk not in kept], seq)

    def _fill_dense(self, newest: int) -> None:
        _log.info("Filling the dense index from the ledger")
        self.dense.clear()
        self.dense.apply(self._rows(lookup.alive_ids(self._engine)), [], newest)

    def _rows(self, chunk_ids: Sequence[str]) -> list[Row]:
        found = lookup.vectors(self._engine, chunk_ids)
        return [Row(chunk, audience, vector) for chunk, (audience, vector) in found.items()]

    def _catch_up_lexical(self, newest: int) -> None:
        if self.lexical.seq > newest:
            self.lexical.clear()
        if self.lexical.seq == 0:
            seq, changed = newest, lookup.alive_ids(self._engine)
        else:
            seq, changed = lookup.changed_since(self._engine, self.lexical.seq)
        found = lookup.texts(self._engine, changed)
        self.lexical.apply(found, [chunk for chunk in changed if chunk not in found], seq)
