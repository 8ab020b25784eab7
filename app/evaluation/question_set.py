"""A set to measure with: documents, questions, and which document answers which question.

A set is a folder with corpus.jsonl {id, title, text}, queries.jsonl {id, text, answerable?, category?, split?,
history?, standalone?, support?, ...} and qrels.tsv (query id, document id, grade).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from ingest.corpus import CorpusText
from retrieval.errors import Unusable
from retrieval.rewrite import Turn

Qrels = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Query:
    """One question of a set; what the set does not tell is empty.

    `support` is the sentence that answers it, `standalone` the question in full when `turns` came before it, `why` the
    reason that it cannot be answered. `split` is the half of the set that it is in.
    """

    id: str
    text: str
    answerable: bool | None
    turns: tuple[Turn, ...]
    support: str
    category: str = ""
    split: str = ""
    standalone: str = ""
    why: str = ""


def load_set(set_dir: Path, split: str = "") -> tuple[list[CorpusText], list[Query], Qrels]:
    """Texts, questions and judgements of a set; with `split`, the questions of that half only.

    Raises:
        Unusable: the folder is no such set, or no question is in that half.
    """
    try:
        texts = [CorpusText(row["id"], row.get("title", ""), row["text"]) for row in _rows(set_dir / "corpus.jsonl")]
        queries = [_query(row) for row in _rows(set_dir / "queries.jsonl")]
        qrels: Qrels = {}
        for line in (set_dir / "qrels.tsv").read_text(encoding="utf-8").splitlines():
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise Unusable(
            f"{set_dir} is no evaluation set: corpus.jsonl, queries.jsonl and qrels.tsv were expected ({exc!r})"
        ) from exc
    return texts, _of_split(queries, split), qrels


def _of_split(queries: list[Query], split: str) -> list[Query]:
    if not split:
        return queries
    chosen = [query for query in queries if query.split == split]
    if not chosen:
        known = ", ".join(sorted({query.split for query in queries if query.split})) or "none"
        raise Unusable(f"No question of the set is in the split {split!r}. Its splits are: {known}")
    return chosen


def _rows(file: Path) -> Iterable[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip())


def _query(row: dict[str, Any]) -> Query:
    said = row.get("history") or []
    turns = tuple(
        Turn(asked["content"], answered["content"]) for asked, answered in zip(said[::2], said[1::2], strict=False)
    )
    return Query(
        row["id"],
        row["text"],
        row.get("answerable"),
        turns,
        support=row.get("support") or "",
        category=row.get("category") or "",
        split=row.get("split") or half(row["id"]),
        standalone=row.get("standalone") or "",
        why=row.get("why") or "",
    )


def half(query: str) -> str:
    """Which half a question is in whose set does not say: always the same, and like a coin's toss."""
    return "dev" if crc32(query.encode()) % 2 else "test"
