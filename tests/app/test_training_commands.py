"""`frontdesk finetune train` on the command line: what it says, refuses and leaves."""

from pathlib import Path

import pytest

from app.finetune.example import write_examples
from tests.app.commands import Frontdesk, one_sentence
from tests.app.finetune.examples import examples

RECIPE = (
    "window = 512\nhidden = 16\nlayers = 1\nheads = 2\nkey_value_heads = 1\nvocabulary = 400\nsteps = 2\nbatch = 2\n"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    write_examples(tmp_path / "data" / "train.jsonl", examples(12))
    return tmp_path / "data"


def test_a_small_llama_is_trained_from_a_recipe(frontdesk: Frontdesk, data: Path, tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text(RECIPE)
    given = ("finetune", "train", "--from-scratch", str(tmp_path / "recipe.toml"), "--data", str(data))
    done = frontdesk(*given, "--out", str(tmp_path / "out"))
    assert done.code == 0
    assert "million parameters on" in done.out
    assert f"FRONTDESK_LLM={tmp_path / 'out'}" in done.out
    again = frontdesk(*given, "--out", str(tmp_path / "out"))
    assert (again.code, one_sentence(again)) == (2, True)
    assert "is not empty. Give another --out" in again.error


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--qlora", "--full"), "--qlora and --full exclude each other"),
        (("--epochs", "0"), "epochs is 0.0: more than 0 was expected"),
        ((), "Which Llama? Give its folder with --base"),
    ],
    ids=["two methods", "no epoch", "no model"],
)
def test_what_cannot_be_is_one_sentence(
    frontdesk: Frontdesk, data: Path, tmp_path: Path, options: tuple[str, ...], told: str
) -> None:
    done = frontdesk("finetune", "train", "--data", str(data), "--out", str(tmp_path / "out"), *options)
    assert (done.code, one_sentence(done)) == (2, True)
    assert told in done.error
    assert not (tmp_path / "out").exists()


@pytest.mark.heavy
def test_an_adapter_is_trained_and_what_came_out_is_said(
    frontdesk: Frontdesk, data: Path, llama_dir: Path, tmp_path: Path
) -> None:
    given = ("finetune", "train", "--base", str(llama_dir), "--data", str(data), "--epochs", "1", "--batch", "2")
    done = frontdesk(*given, "--out", str(tmp_path / "out"), "--length", "512")
    assert done.code == 0
    assert "11 examples to learn from, 1 are kept aside to notice when to stop." in done.out
    assert "Memory (LoRA): about 0.8 GB" in done.out
    assert "frontdesk finetune judge" in done.out
    told = frontdesk(*given, "--out", str(tmp_path / "other"), "--length", "512", "--json").json
    assert (told["resumed"], told["method"]) == (False, "LoRA")
