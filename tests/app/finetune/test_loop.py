"""Training from nothing: repeatable, and it learns."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from app.finetune.loop import Step, learned_loss, new_model, repeatable, train
from app.finetune.recipe import Recipe
from app.finetune.samples import NOT_LEARNED, Sample
from app.llm.template import load_tokenizer

SMALL = Recipe(window=64, hidden=16, layers=1, heads=2, key_value_heads=1, steps=6, batch=2)
SAMPLES = [Sample((5, 6, 7, 8), (NOT_LEARNED, 6, 7, 8)), Sample((5, 9, 7), (NOT_LEARNED, 9, 7))]


def trained(llama_dir: Path, out: Path, recipe: Recipe = SMALL) -> tuple[list[float], list[Step]]:
    steps: list[Step] = []
    done = train(recipe, load_tokenizer(llama_dir), SAMPLES, out, steps.append)
    return list(done.losses), steps


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(llama_dir: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        trained(llama_dir, tmp_path / name, replace(SMALL, seed=seed))
    one, again, other = ((tmp_path / name / "model.safetensors").read_bytes() for name in ("one", "again", "other"))
    assert one == again != other


def test_it_goes_through_the_samples_until_the_steps_are_done(llama_dir: Path, tmp_path: Path) -> None:
    losses, steps = trained(llama_dir, tmp_path / "out")
    assert losses[-1] < losses[0]
    assert [(step.done, step.total) for step in steps] == [(done, 6) for done in range(1, 7)]


def test_what_does_not_fit_the_window_is_not_learned(llama_dir: Path, tmp_path: Path) -> None:
    short = Recipe(window=3, hidden=16, layers=1, heads=2, key_value_heads=1, steps=1, batch=2)
    done = train(short, load_tokenizer(llama_dir), SAMPLES, tmp_path / "out", lambda _: None)
    assert done.tokens == 3


def test_randomness_and_threads_are_as_before_afterwards() -> None:
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    with repeatable(3):
        assert torch.get_num_threads() == 1
        torch.rand(3)
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_loss_is_that_of_the_learned_tokens_alone(llama_dir: Path) -> None:
    with repeatable(1):
        model = new_model(SMALL, load_tokenizer(llama_dir)).eval()
    group = [Sample((5, 6, 7, 8), (NOT_LEARNED, NOT_LEARNED, NOT_LEARNED, 8)), Sample((5, 9), (NOT_LEARNED, 9))]
    with torch.no_grad():
        scores = [
            torch.log_softmax(model(torch.tensor([list(row.tokens)])).logits[0, len(row.tokens) - 2], -1)
            for row in group
        ]
        expected = -(scores[0][8] + scores[1][9]) / 2
        assert learned_loss(model, group).item() == pytest.approx(expected.item(), rel=1e-5)
