"""Evaluation: the numbers of a small set, worked out by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.evaluate import evaluate, load_set, normalised
from app.settings import Settings
from ingest.report import NoProgress
from retrieval.errors import Unusable
from retrieval.rewrite import Turn
from tests.conftest import write

CORPUS = [
    {"id": "leave", "title": "Annual leave", "text": "Every employee has **27 days** of annual leave."},
    {"id": "badges", "title": "Door badges", "text": "A lost badge is blocked by calling the guard at once."},
    {"id": "laptops", "title": "Laptop repair", "text": "A broken laptop is replaced within one working day."},
]
HISTORY = [{"role": "user", "content": "How is a lost badge blocked?"}, {"role": "assistant", "content": "By a call."}]
QUERIES = [
    {"id": "1", "text": "How many days of annual leave does an employee have?", "answerable": True,
     "support": "Every employee has **27 days** of annual leave."},
    {"id": "2", "text": "And who is called for it?", "answerable": True, "history": HISTORY,
     "support": "A lost badge is blocked by calling the guard at once."},
    {"id": "3", "text": "Which planet has the most volcanoes?", "answerable": False},
]  # fmt: skip
# The second question is judged to be about laptops, which it is not: what is found for it counts as wrong.
QRELS = "1\tleave\t1\n2\tlaptops\t1\n"


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture
def set_dir(tmp_path: Path) -> Path:
    files = {"corpus.jsonl": lines(CORPUS), "queries.jsonl": lines(QUERIES), "qrels.tsv": QRELS}
    return write(tmp_path / "set", files)


def test_the_numbers_are_those_worked_out_by_hand(set_dir: Path, tmp_path: Path) -> None:
    found = evaluate(set_dir, Settings(home=tmp_path / "home", device="cpu"), NoProgress())
    assert (found["documents"], found["chunks"], found["queries"]) == (3, 3, 3)
    assert (found["answered_answerable"], found["refused_answerable"]) == (1.0, 0.0)
    assert (found["support_quoted"], found["refused_unanswerable"]) == (1.0, 1.0)
    assert found["recall@5"] == found["recall@20"] == 1.0
    assert found["mrr@10"] in (0.75, 0.6667)  # 1 and 1/2, or 1 and 1/3
    assert 0 < found["latency_ms"]["p50"] <= found["latency_ms"]["p95"]


def test_the_companys_own_home_is_left_alone(set_dir: Path, tmp_path: Path) -> None:
    evaluate(set_dir, Settings(home=tmp_path / "home", device="cpu"), NoProgress())
    assert not (tmp_path / "home").exists()


def test_history_is_read_as_turns(set_dir: Path) -> None:
    _, queries, qrels = load_set(set_dir)
    assert queries[1].turns == (Turn("How is a lost badge blocked?", "By a call."),)
    assert qrels == {"1": {"leave": 1}, "2": {"laptops": 1}}


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_folder_that_is_no_set_is_told_what_was_expected(set_dir: Path, name: str) -> None:
    (set_dir / name).write_text("no table at all\n")
    with pytest.raises(Unusable, match=r"corpus\.jsonl, queries\.jsonl and qrels\.tsv were expected"):
        load_set(set_dir)


def test_support_is_compared_without_marks_and_white_space() -> None:
    assert normalised("*  The **form**  is [here](https://x) |  “now” ") == 'The form is here | "now"'
