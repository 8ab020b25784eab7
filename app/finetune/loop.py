"""Training a small Llama from nothing, on processors: a plain loop without TRL, since nothing is loaded or adapted.

An interrupted run starts over; the loop is for models that take minutes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from app.finetune.recipe import Recipe
from app.finetune.samples import NOT_LEARNED, Sample, batches, padded

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import LlamaForCausalLM

_RECENT = 20  # steps whose mean loss is shown


@dataclass(frozen=True, slots=True)
class Step:
    """How far a training is. `loss` is the mean of the last steps, `speed` in tokens a second."""

    done: int
    total: int
    loss: float
    speed: float


Watch = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came out; the loss of each step."""

    parameters: int
    losses: tuple[float, ...]
    tokens: int
    seconds: float

    @property
    def last_loss(self) -> float:
        """The mean of the last steps."""
        recent = self.losses[-_RECENT:]
        return sum(recent) / len(recent)


def train(recipe: Recipe, tokenizer: Any, samples: Sequence[Sample], folder: Path, watch: Watch) -> Trained:
    """Train a model on the samples that fit its window, and save it with its tokenizer."""
    began = time.monotonic()
    fitting = [one for one in samples if len(one.tokens) <= recipe.window]
    groups = _steps(recipe, fitting)
    with repeatable(recipe.seed):
        model = new_model(recipe, tokenizer)
        losses = fit(model, groups, recipe, watch)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    tokens = sum(len(one.tokens) for group in groups for one in group)
    return Trained(int(model.num_parameters()), tuple(losses), tokens, time.monotonic() - began)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Fixed randomness and thread count, both as before afterwards."""
    import torch

    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        # Sums depend on how they are split among threads, and on a busy machine two threads
        # that wait for each other at every product took ten times as long as one.
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


def new_model(recipe: Recipe, tokenizer: Any) -> "LlamaForCausalLM":
    """An untrained model that fits the recipe and the tokenizer."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.hidden * 3,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.key_value_heads,
        max_position_embeddings=recipe.window,
        tie_word_embeddings=True,
        # Three times the usual spread: so narrow a model hardly learns from the usual one.
        initializer_range=0.06,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def fit(model: "LlamaForCausalLM", groups: Sequence[Sequence[Sample]], recipe: Recipe, watch: Watch) -> list[float]:
    """Train the model in place; the loss of every step."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, recipe.peak_rate, total_steps=len(groups), pct_start=0.1)
    model.train()
    losses: list[float] = []
    began, tokens = time.monotonic(), 0
    for group in groups:
        with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
            loss = learned_loss(model, group)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        tokens += sum(len(one.tokens) for one in group)
        recent = losses[-_RECENT:]
        watch(Step(len(losses), len(groups), sum(recent) / len(recent), tokens / (time.monotonic() - began)))
    model.eval()
    return losses


def learned_loss(model: "LlamaForCausalLM", group: Sequence[Sample]) -> "Tensor":
    """Mean cross entropy of the learned tokens."""
    from torch.nn.functional import cross_entropy

    tokens = padded([one.tokens for one in group], 0)
    labels = padded([one.labels for one in group], NOT_LEARNED)[:, 1:]
    # Padding stands right and is never learned: any token will do and no attention mask is
    # needed. Scoring only the learned places saves most of the work of the output layer.
    states = model.model(input_ids=tokens, use_cache=False).last_hidden_state[:, :-1]
    learned = labels != NOT_LEARNED
    return cross_entropy(model.lm_head(states[learned]).float(), labels[learned])


def _steps(recipe: Recipe, samples: Sequence[Sample]) -> list[list[Sample]]:
    """The batches in order; as often through the samples as the steps ask for."""
    random = Random(recipe.seed)  # noqa: S311 - it only shuffles
    groups = batches(samples, recipe.batch, random)
    wanted = recipe.steps or len(groups)
    while len(groups) < wanted:
        groups += batches(samples, recipe.batch, random)
    return groups[:wanted]
