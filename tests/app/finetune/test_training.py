"""A finetuning, from the checks before it to the weights after it; real TRL, PEFT and a tiny Llama."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from app.finetune.example import Example, write_examples
from app.finetune.loop import Step
from app.finetune.memory import Method
from app.finetune.plan import Training
from app.finetune.training import BEGUN, CHECKPOINTS, Finished, prepare, train
from retrieval.errors import Unusable
from tests.app.finetune.examples import examples

ROOT = Path(__file__).parent.parent.parent.parent
SHORT = Training(epochs=1, batch=1, length=512, rate=2e-3)


def data_set(folder: Path, found: Iterable[Example]) -> Path:
    folder.mkdir(exist_ok=True)
    write_examples(folder / "train.jsonl", found)
    return folder


def trained(base: Path, data: Path, out: Path, training: Training = SHORT) -> tuple[Finished, list[Step]]:
    steps: list[Step] = []
    return train(prepare(base, data, training), out, steps.append), steps


def test_one_example_is_refused_before_anything_is_loaded(llama_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="only 1 example"):
        prepare(llama_dir, data_set(tmp_path / "data", examples(1)), SHORT)


def test_a_broken_line_is_named(llama_dir: Path, tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", examples(3))
    with (data / "train.jsonl").open("a") as lines:
        lines.write("{broken\n")
    with pytest.raises(Unusable, match=r"train\.jsonl, line 4: one JSON object was expected"):
        prepare(llama_dir, data, SHORT)


def test_more_memory_than_there_is_is_refused_before_anything_is_loaded(llama_dir: Path, tmp_path: Path) -> None:
    giant = tmp_path / "giant"
    giant.mkdir()
    for file in llama_dir.iterdir():
        (giant / file.name).symlink_to(file)
    (giant / "config.json").unlink()
    stated = json.loads((llama_dir / "config.json").read_text()) | {"intermediate_size": 10**9}
    (giant / "config.json").write_text(json.dumps(stated))
    with pytest.raises(Unusable, match=r"This training \(LoRA\) needs about \d+\.\d GB .* are free on this machine"):
        prepare(giant, data_set(tmp_path / "data", examples(4)), SHORT)


def test_qlora_without_a_gpu_says_what_works_here(llama_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="QLoRA needs an NVIDIA GPU. Leave out --qlora"):
        prepare(llama_dir, data_set(tmp_path / "data", examples(4)), replace(SHORT, method=Method.QLORA))


def test_weights_are_never_overwritten(llama_dir: Path, tmp_path: Path) -> None:
    prepared = prepare(llama_dir, data_set(tmp_path / "data", examples(4)), SHORT)
    with pytest.raises(Unusable, match="is not empty. Give another --out"):
        train(prepared, tmp_path, lambda _: None)


@pytest.mark.heavy
def test_lora_learns_the_answers_and_leaves_safetensors_and_a_record(llama_dir: Path, tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", examples(40))
    finished, steps = trained(llama_dir, data, tmp_path / "out")
    names = {file.name for file in finished.folder.iterdir()}
    assert {"adapter_model.safetensors", "adapter_config.json", "tokenizer.json", "run.json"} <= names
    assert {Path(name).suffix for name in names} <= {".safetensors", ".json", ".jinja"}
    record = json.loads((finished.folder / "run.json").read_text())
    assert record["metrics"]["best_evaluation_loss"] < record["metrics"]["evaluations"][0]["loss"]
    assert (record["metrics"]["examples"], record["metrics"]["evaluated"]) == (36, 4)
    assert len(record["base_digest"]) == len(record["data_digest"]) == 64
    assert {"torch", "transformers", "trl", "peft"} <= set(record["versions"])
    assert (steps[-1].done, steps[-1].total) == (finished.steps, record["metrics"]["planned_steps"])
    assert all(step.speed > 0 for step in steps)
    again, _ = trained(llama_dir, data, tmp_path / "again")
    assert weights(again.folder) == weights(finished.folder)


@pytest.mark.heavy
def test_a_model_that_only_learns_by_heart_is_stopped_early(llama_dir: Path, tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", examples(12))
    hasty = Training(Method.FULL, epochs=40, batch=1, length=512, rate=0.02, patience=1)
    finished, _ = trained(llama_dir, data, tmp_path / "out", hasty)
    assert finished.stopped_early
    assert (finished.folder / "model.safetensors").is_file()


def weights(folder: Path) -> bytes:
    return (folder / "adapter_model.safetensors").read_bytes()


@pytest.mark.heavy
def test_a_training_that_was_killed_goes_on_and_comes_out_the_same(llama_dir: Path, tmp_path: Path) -> None:
    data = data_set(tmp_path / "data", examples(60))
    whole, _ = trained(llama_dir, data, tmp_path / "whole")
    out = tmp_path / "out"
    command = [sys.executable, "-m", "app.cli", "finetune", "train", "--base", str(llama_dir), "--data", str(data)]
    command += ["--out", str(out), "--epochs", "1", "--batch", "1", "--length", "512", "--rate", "0.002", "--json"]
    child = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 100
    while not list(out.glob(f"{CHECKPOINTS}/checkpoint-*/trainer_state.json")):
        assert child.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert (out / BEGUN).is_file()
    assert not (out / "run.json").exists()
    with pytest.raises(Unusable, match="interrupted, with another model, data or parameters"):
        trained(llama_dir, data, out, replace(SHORT, seed=8))
    finished, steps = trained(llama_dir, data, out)
    assert finished.resumed
    assert steps[0].done > 1
    assert weights(out) == weights(whole.folder)
    assert not (out / CHECKPOINTS).exists()
