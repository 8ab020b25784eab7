"""Judging two contestants through the desk, and the files that come of it."""

import json
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.judging.judge import Task, judge
from retrieval.errors import Unusable
from tests.app.judging.examples import data_set


def no_step(doing: str, done: int, total: int) -> None:
    """Draw nothing."""


def test_nothing_to_compare_is_told(office: Home, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="quoting and quoting are the same model"):
        judge(office, Task("quoting", "", data_set(tmp_path)), None, no_step)


def test_what_is_no_contestant_is_told_with_what_could_be_one(office: Home, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"'llama' is nothing to judge: a model folder, .* of quoting was expected"):
        judge(office, Task("llama", "quoting", data_set(tmp_path)), None, no_step)


def test_a_folder_without_a_model_is_told(office: Home, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(Unusable, match="is no model folder: config.json or adapter_config.json was expected"):
        judge(office, Task(str(tmp_path / "model"), "quoting", data_set(tmp_path / "data")), None, no_step)


def test_no_questions_are_told(office: Home, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is no data set's folder. Make one with: frontdesk finetune data"):
        judge(office, Task("quoting", "", tmp_path / "nothing"), None, no_step)
    (tmp_path / "test.jsonl").write_text("\n")
    with pytest.raises(Unusable, match="holds no question to judge with"):
        judge(office, Task("quoting", "", tmp_path), None, no_step)


@pytest.mark.heavy
def test_a_model_is_judged_against_quoting_and_every_answer_is_kept(
    office: Home, llama_dir: Path, tmp_path: Path
) -> None:
    steps: list[str] = []
    task = Task(str(llama_dir), "quoting", data_set(tmp_path / "data"), closed_book=True)
    done = judge(office, task, tmp_path / "out", lambda doing, *_: steps.append(doing))
    rows = [json.loads(line) for line in (tmp_path / "out" / "answers.jsonl").read_text().splitlines()]
    told = json.loads((tmp_path / "out" / "verdict.json").read_text())
    assert [row["kind"] for row in rows] == ["answer", "answer", "refusal"]
    assert rows[1]["old"]["said"] == "Parents stay at home for sixteen weeks after a birth. [2]"
    assert rows[2]["old"]["status"] == "refused"
    assert rows[0]["new"]["tokens"] > 0
    assert (told["result"], told["old"]["name"]) == ("not shown better", "quoting")
    assert told["old"]["measures"]["cited_f1"]["mean"] == 1.0
    assert told["new"]["digest"] == done.verdict.new.digest != ""
    assert [steps[0], steps[-1]] == ["Reading", "Asking quoting"]
