"""A small Llama of one's own from examples or from texts; what teaches nothing is refused."""

import json
from pathlib import Path

import pytest

from app.finetune.example import write_examples
from app.finetune.from_scratch import data_files, train_from_scratch
from app.finetune.recipe import Recipe
from app.llm.local import load_llama
from retrieval.errors import Unusable
from tests.app.finetune.examples import examples

SMALL = Recipe(window=512, hidden=16, layers=1, heads=2, key_value_heads=1, vocabulary=400, steps=2, batch=2)


def test_what_was_trained_from_examples_can_be_served(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples(4))
    train_from_scratch(SMALL, tmp_path, tmp_path / "out", lambda _: None)
    assert load_llama(tmp_path / "out", "cpu", 0, 8).counter.window == 512
    record = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (record["method"], record["metrics"]["samples"], record["parameters"]["hidden"]) == ("from scratch", 4, 16)
    assert len(record["data_digest"]) == 64


def test_a_folder_of_texts_is_learned_too(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "leave.md").write_text("Annual leave is 27 days. " * 40)
    (tmp_path / "texts" / "pay.txt").write_text("Pay day is the 25th. " * 40)
    trained = train_from_scratch(SMALL, tmp_path / "texts", tmp_path / "out", lambda _: None)
    assert trained.tokens > 400


def test_a_folder_with_nothing_to_learn_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"nothing to learn from: train\.jsonl, a \.jsonl file, or texts"):
        data_files(tmp_path)


def test_examples_that_all_exceed_the_window_are_refused(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples(4))
    narrow = Recipe(window=8, hidden=16, layers=1, heads=2, key_value_heads=1, vocabulary=400)
    with pytest.raises(Unusable, match=r"fits the window of 8 tokens\. Set a larger window in the recipe"):
        train_from_scratch(narrow, tmp_path, tmp_path / "out", lambda _: None)


def test_the_held_out_half_is_not_learned(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", examples(2))
    write_examples(tmp_path / "test.jsonl", examples(2))
    assert data_files(tmp_path) == [tmp_path / "train.jsonl"]
