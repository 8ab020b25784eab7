"""A file of questions that HR writes: a question, its answer or nothing for one that must be refused, and sources."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.csv_rows import Row, read_rows
from app.finetune.assembly import Case
from app.finetune.citing import refusing, resting
from retrieval.errors import Unusable

COLUMNS = ("question", "answer", "sources")


@dataclass(frozen=True, slots=True)
class Written:
    """One question as somebody wrote it."""

    question: str
    answer: str
    sources: tuple[str, ...] = ()

    @property
    def case(self) -> Case:
        """What a model is to learn from it."""
        cite = resting(self.answer, self.sources) if self.answer else refusing
        return Case(self.question, "file", cite, self.sources, form="file")


def read_questions(path: Path) -> list[Written]:
    """From a CSV file with the columns above, sources parted by `;`, or a JSONL file with the same names.

    Raises:
        Unusable: with the first line that is wrong; nothing is taken then.
    """
    found = list(_lines(path)) if path.suffix.lower() == ".jsonl" else read_rows(path, COLUMNS, "questions", _row)
    if not found:
        raise Unusable(f"{path} holds no questions")
    return found


def _row(row: Row, place: str) -> Written:
    if None in row or None in row.values():
        raise Unusable(f"{place}: {len(COLUMNS)} columns were expected: {','.join(COLUMNS)}")
    sources = tuple(uri.strip() for uri in (row["sources"] or "").split(";") if uri.strip())
    return _written((row["question"] or "").strip(), (row["answer"] or "").strip(), sources, place)


def _lines(path: Path) -> Iterator[Written]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise Unusable(f"{path} cannot be read as UTF-8 text. A JSONL file of questions was expected") from exc
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _object(line, f"{path} line {number}")


def _object(line: str, place: str) -> Written:
    try:
        row: Any = json.loads(line)
    except ValueError as exc:
        raise Unusable(f"{place}: one JSON object was expected ({exc})") from exc
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise Unusable(f'{place}: an object with "question" and, where there is one, "answer" was expected')
    answer, sources = row.get("answer") or "", row.get("sources") or []
    if not isinstance(answer, str) or not isinstance(sources, list) or not all(isinstance(one, str) for one in sources):
        raise Unusable(f'{place}: "answer" is a text and "sources" a list of documents\' names')
    return _written(row["question"].strip(), answer.strip(), tuple(sources), place)


def _written(question: str, answer: str, sources: tuple[str, ...], place: str) -> Written:
    if not question:
        raise Unusable(f"{place}: a question was expected")
    return Written(question, answer, sources)
