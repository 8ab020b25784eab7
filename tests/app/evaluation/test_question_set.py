"""Reading a set: what each question carries, its halves, and folders that are no set."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.evaluation.question_set import load_set
from retrieval.errors import Unusable
from retrieval.rewrite import Turn
from tests.conftest import write

HISTORY = [{"role": "user", "content": "How is a badge blocked?"}, {"role": "assistant", "content": "By a call."}]
QUERIES: list[dict[str, Any]] = [
    {"id": "1", "text": "How many days of leave?", "answerable": True, "category": "direct", "split": "dev",
     "support": "27 days."},
    {"id": "2", "text": "Who is called?", "history": HISTORY, "standalone": "Who blocks a badge?", "split": "test"},
    {"id": "3", "text": "Which planet?", "answerable": False, "why": "Nothing about planets.", "split": "test"},
]  # fmt: skip


@pytest.fixture
def set_dir(tmp_path: Path) -> Path:
    corpus = [{"id": "leave", "title": "Annual leave", "text": "27 days."}, {"id": "badges", "text": "Call."}]
    qrels = "1\tleave\t2\n1\tbadges\t1\n2\tbadges\t2\n"
    files = {"corpus.jsonl": lines(corpus), "queries.jsonl": lines(QUERIES), "qrels.tsv": qrels}
    return write(tmp_path / "set", files)


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_what_a_question_carries_is_read(set_dir: Path) -> None:
    _, (first, second, third), _ = load_set(set_dir)
    assert (first.answerable, first.category, first.support) == (True, "direct", "27 days.")
    assert (second.turns, second.standalone) == (
        (Turn("How is a badge blocked?", "By a call."),),
        "Who blocks a badge?",
    )
    assert (second.answerable, third.answerable, third.why) == (None, False, "Nothing about planets.")


def test_judgements_have_grades(set_dir: Path) -> None:
    assert load_set(set_dir)[2] == {"1": {"leave": 2, "badges": 1}, "2": {"badges": 2}}


def test_one_half_has_its_questions_and_all_documents(set_dir: Path) -> None:
    texts, queries, _ = load_set(set_dir, "test")
    assert ([query.id for query in queries], len(texts)) == (["2", "3"], 2)


def test_a_half_that_is_not_there_is_told_what_is(set_dir: Path) -> None:
    with pytest.raises(Unusable, match="split 'tset'. Its splits are: dev, test"):
        load_set(set_dir, "tset")


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_folder_that_is_no_set_is_told_what_was_expected(set_dir: Path, name: str) -> None:
    (set_dir / name).write_text("no table at all\n")
    with pytest.raises(Unusable, match=r"corpus\.jsonl, queries\.jsonl and qrels\.tsv were expected"):
        load_set(set_dir)
