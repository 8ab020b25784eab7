"""`frontdesk finetune data`, `liked`, `approve` and `sources training` on the command line."""

import json
from pathlib import Path

import pytest

from app.bootstrap import Home
from tests.app.commands import Frontdesk, one_sentence
from tests.app.finetune.test_liked import CAP, answered


@pytest.fixture
def at_company(frontdesk: Frontdesk, company: Home, monkeypatch: pytest.MonkeyPatch) -> Frontdesk:
    """Commands in the shared company."""
    monkeypatch.setenv("FRONTDESK_HOME", str(company.settings.home))
    return frontdesk


def test_a_set_is_written_and_told(at_company: Frontdesk, tmp_path: Path) -> None:
    done = at_company("finetune", "data", "--out", "set", "--per-document", "5", "--audience", "group:hr")
    assert done.code == 0
    assert "from template" in done.out
    assert "Next: frontdesk finetune train --base LLAMA --data set --out ADAPTER" in done.out
    assert "Warning: a model can repeat what it was trained on" in done.error
    assert (tmp_path / "set" / "train.jsonl").is_file()


def test_json_is_one_object(at_company: Frontdesk) -> None:
    done = at_company("finetune", "data", "--out", "set", "--per-document", "5", "--json")
    assert (done.json["folder"], done.json["audiences"]) == ("set", ["everyone"])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--audience", "hr"], "--audience: an audience is everyone, group:NAME"),
        (["--refusals", "0.9", "--follow-ups", "0.9"], "shares that add up to 1 at most were expected"),
        (["--exclude", "nothing"], "is neither an evaluation set nor a text file"),
        (["--questions", "nothing.csv"], "nothing.csv cannot be read"),
        (["--tokenizer", "."], "does not say how large its window is"),
        (["--teacher", "http://127.0.0.1:9/v1"], "http://127.0.0.1:9/v1"),
        (["--per-document", "1", "--test-share", "0.7"], "Training needs at least 8 examples"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_writes_nothing(
    at_company: Frontdesk, tmp_path: Path, arguments: list[str], expected: str
) -> None:
    done = at_company("finetune", "data", "--out", "set", *arguments)
    assert done.code != 0
    assert one_sentence(done)
    assert expected in done.error
    assert not (tmp_path / "set").exists()


def test_helpful_answers_are_listed_and_approved(
    frontdesk: Frontdesk, own_company: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_HOME", str(own_company.settings.home))
    assert "Nobody has found an answer helpful yet" in frontdesk("finetune", "liked").out
    answer = answered(own_company, CAP)
    assert "waits for approval" in frontdesk("finetune", "liked").out
    assert frontdesk("finetune", "approve", answer).out == "1 helpful answers may be learned from\n"
    assert frontdesk("finetune", "liked", "--json").json["liked"][0]["approved"] is True
    assert frontdesk("finetune", "approve", answer, "--undo").out == "0 helpful answers may be learned from\n"
    assert one_sentence(frontdesk("finetune", "approve", "x:1"))


def test_an_admin_lets_models_learn_from_slack(
    frontdesk: Frontdesk, own_company: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_HOME", str(own_company.settings.home))
    assert "may be learned from" in frontdesk("sources", "training", "slack-T1", "--on").out
    sources = {one["name"]: one["training"] for one in json.loads(frontdesk("sources", "--json").out)["sources"]}
    assert sources == {"handbook": None, "slack-T1": True}
    assert "stays out of training" in frontdesk("sources", "training", "slack-T1", "--off").out
    assert one_sentence(frontdesk("sources", "training", "nothing", "--on"))
