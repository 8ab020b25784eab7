"""The lexical index: BM25 with SQLite FTS5 in a file of its own, derived from the ledger.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009. FTS5 uses k1 = 1.2, b = 0.75.
"""

import logging
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from retrieval.access import Scope
from retrieval.chunk import Chunk
from retrieval.errors import LedgerBusy
from retrieval.ledger.engine import compact
from retrieval.terms import content_terms, terms

_log = logging.getLogger(__name__)
_K1 = 1.2
_REMEMBERED = 100_000  # terms whose frequency is kept in memory
_LONGEST_QUESTION = 64  # terms; a longer one costs time and finds nothing more
_AMONG_BEST = 4  # times as many are taken before the scope is applied: most people may read most of it
_COMMON, _COMMON_SHARE = 5_000, 0.05  # a term in more chunks than both is looked for only when all are as common
_SCHEMA = """
CREATE TABLE IF NOT EXISTS position (seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chunk (place INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, audience TEXT NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS body USING fts5(head, text, tokenize = 'unicode61');
CREATE VIRTUAL TABLE IF NOT EXISTS vocabulary USING fts5vocab(body, 'row');
INSERT INTO position SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM position);
"""


@dataclass(frozen=True, slots=True)
class Match:
    """A chunk that shares terms with the question.

    `bm25` is the plain score; `share` is it divided by the most that any text could score for this question,
    so it is in 0..1 and comparable between questions.
    """

    chunk_id: str
    bm25: float
    share: float


@dataclass(frozen=True, slots=True)
class _Counts:
    """Chunks at `seq`, and of them those with a term, as far as somebody asked."""

    seq: int
    total: int
    having: dict[str, int]


class LexicalIndex:
    """BM25 among the audiences of a scope."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._counted = _Counts(-1, 0, {})
        try:
            self._connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError as exc:
            if isinstance(exc, sqlite3.OperationalError) and "locked" in str(exc):
                raise LedgerBusy("The lexical index is locked by another process. Try again") from exc
            _log.warning("The lexical index is damaged and will be rebuilt: %s", exc)
            self._connection.close()
            del self._local.connection
            for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
                file.unlink(missing_ok=True)
            self._connection.executescript(_SCHEMA)

    @property
    def seq(self) -> int:
        """The newest ledger change that has been applied."""
        return int(self._connection.execute("SELECT seq FROM position").fetchone()[0])

    def apply(self, upserts: Mapping[str, tuple[str, Chunk]], deletes: Sequence[str], seq: int) -> None:
        """Put these chunks in (id to audience and chunk), take those out, and be at `seq`; one transaction."""
        with self._writing() as connection:
            if connection.execute("SELECT seq FROM position").fetchone()[0] >= seq:
                return  # another process was faster
            for chunk_id in [*deletes, *upserts]:
                self._remove(connection, chunk_id)
            for chunk_id, (audience, chunk) in upserts.items():
                row = connection.execute(
                    "INSERT INTO chunk(id, audience) VALUES (?, ?)", (chunk_id, audience)
                ).lastrowid
                head = " ".join(terms(f"{chunk.title} {chunk.heading}"))
                body = " ".join(terms(chunk.text))
                connection.execute("INSERT INTO body(rowid, head, text) VALUES (?, ?, ?)", (row, head, body))
            connection.execute("UPDATE position SET seq = ?", (seq,))

    def clear(self) -> None:
        """Forget everything, to be filled again from the ledger."""
        with self._writing() as connection:
            connection.execute("DELETE FROM body")
            connection.execute("DELETE FROM chunk")
            connection.execute("UPDATE position SET seq = 0")

    def purge(self) -> bool:
        """Rewrite the file without the terms of what was deleted; False where a reader keeps some in its log."""
        with self._writing() as connection:
            connection.execute("INSERT INTO body(body) VALUES ('optimize')")
        return compact(self._connection)

    def search(self, question: str, scope: Scope, k: int) -> list[Match]:
        """The k best chunks inside the scope, best first. The question is words, never query syntax."""
        wanted = list(dict.fromkeys(content_terms(question)))[:_LONGEST_QUESTION]
        if not wanted or not scope.audiences:
            return []
        rarity = self.rarity(wanted)
        most = (_K1 + 1) * sum(rarity.values())
        quoted = " OR ".join(f'"{term}"' for term in self._rare(rarity))
        rows = self._best(quoted, scope, k)
        return [Match(chunk_id, score, min(1.0, score / most) if most else 0.0) for chunk_id, score in rows]

    def _best(self, quoted: str, scope: Scope, k: int) -> list[tuple[str, float]]:
        """The k best inside the scope. Most people may read most of it, so the best of all are looked at first."""
        best = "SELECT rowid, rank FROM body WHERE body MATCH ? ORDER BY rank LIMIT ?"
        query = f"""
            SELECT chunk.id, -best.rank, chunk.audience FROM ({best}) best JOIN chunk ON chunk.place = best.rowid
            ORDER BY best.rank, chunk.id
        """  # noqa: S608 - a constant is put in
        first = self._connection.execute(query, (quoted, k * _AMONG_BEST)).fetchall()
        inside = [(chunk_id, score) for chunk_id, score, audience in first if audience in scope]
        if len(inside) >= k or len(first) < k * _AMONG_BEST:
            return inside[:k]
        audiences = sorted(scope.audiences)
        query = f"""
            SELECT chunk.id, -rank FROM body JOIN chunk ON chunk.place = body.rowid
            WHERE body MATCH ? AND chunk.audience IN ({",".join("?" * len(audiences))}) ORDER BY rank, chunk.id LIMIT ?
        """  # noqa: S608 - only question marks are put in
        return self._connection.execute(query, (quoted, *audiences, k)).fetchall()

    def _rare(self, rarity: Mapping[str, float]) -> list[str]:
        """The terms without the commonest ones, which cost most time and tell least; all where none is left."""
        total = self._counts().total
        if total <= _COMMON:
            return list(rarity)
        least = inverse_document_frequency(total, max(_COMMON, int(_COMMON_SHARE * total)))
        return [term for term, weight in rarity.items() if weight > least] or list(rarity)

    def rarity(self, wanted: Sequence[str]) -> dict[str, float]:
        """Inverse document frequency of each term, as BM25 weighs it; an unknown term counts as the rarest."""
        counts = self._counts()
        missing = [term for term in wanted if term not in counts.having]
        marks = ",".join("?" * len(missing))
        query = f"SELECT term, doc FROM vocabulary WHERE term IN ({marks})"  # noqa: S608 - marks only
        found = dict(self._connection.execute(query, tuple(missing)).fetchall()) if missing else {}
        counts.having.update({term: found.get(term, 0) for term in missing})
        return {term: inverse_document_frequency(counts.total, counts.having[term]) for term in wanted}

    def _counts(self) -> "_Counts":
        """Counting takes a look at every chunk; so it is done once for each state of the index."""
        seq = self.seq
        if self._counted.seq != seq or len(self._counted.having) > _REMEMBERED:
            total = self._connection.execute("SELECT count(*) FROM chunk").fetchone()[0]
            self._counted = _Counts(seq, total, {})
        return self._counted

    @property
    def _connection(self) -> sqlite3.Connection:
        if not hasattr(self._local, "connection"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            self._local.connection = connection
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute("PRAGMA secure_delete=ON")
            except sqlite3.DatabaseError:  # a damaged file; the first statement on it says so again
                _log.debug("The lexical index cannot be configured")
        return self._local.connection  # type: ignore[no-any-return]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            raise LedgerBusy("The lexical index is locked by another process. Try again") from exc
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    @staticmethod
    def _remove(connection: sqlite3.Connection, chunk_id: str) -> None:
        row = connection.execute("SELECT rowid FROM chunk WHERE id = ?", (chunk_id,)).fetchone()
        if row:
            connection.execute("DELETE FROM body WHERE rowid = ?", row)
            connection.execute("DELETE FROM chunk WHERE rowid = ?", row)


def inverse_document_frequency(total: int, having: int) -> float:
    """ln((N - n + 0.5) / (n + 0.5)), never below 1e-6, as FTS5 computes it."""
    return max(1e-6, math.log((total - having + 0.5) / (having + 0.5))) if total else 0.0
