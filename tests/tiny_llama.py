"""Tiny Llama models for tests: real weights, tokenizers and chat templates, kept on disk.

They say what tests/tiny_llama_text.py taught them and cite it; no test may ask them for more.
"""

import hashlib
import logging
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from tests.tiny_llama_text import Turn, conversations, narrowed

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

logger = logging.getLogger(__name__)

RECIPE_FILES = ("tiny_llama.py", "tiny_llama_text.py", "tiny_llama_tokens.py")
NOT_LEARNED = -100
"""The label that torch's cross entropy skips."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides how a model comes out; sizes in units, tokens or conversations."""

    window: int
    hidden: int
    layers: int
    steps: int
    batch: int = 16
    seed: int = 7
    peak_rate: float = 3e-3


@dataclass(frozen=True, slots=True)
class Example:
    """A rendered conversation, (length,) each; a label is its token, or NOT_LEARNED."""

    tokens: tuple[int, ...]
    labels: tuple[int, ...]


TINY = Recipe(window=2048, hidden=128, layers=4, steps=180)
NARROW = Recipe(window=512, hidden=64, layers=2, steps=190)


def tiny_llama(cache: Path) -> Path:
    """The folder of a model with a byte-level tokenizer and a template that takes any roles."""
    return kept(cache, "tiny-llama", train_tiny)


def narrow_llama(cache: Path) -> Path:
    """The folder of a model with a 512-token window, Metaspace and a template that refuses."""
    return kept(cache, "narrow-llama", train_narrow)


def kept(cache: Path, name: str, train: Callable[[Path], None]) -> Path:
    """The trained folder of this recipe, made now if it is not there."""
    folder = cache / f"{name}-{recipe_digest()}"
    cache.mkdir(parents=True, exist_ok=True)
    # The lock spares parallel test processes the training; the rename is what keeps an
    # interrupted one from being taken for a model.
    with FileLock(cache / f"{folder.name}.lock"):
        if not folder.exists():
            partial = cache / f"{folder.name}.partial"
            shutil.rmtree(partial, ignore_errors=True)
            train(partial)
            partial.rename(folder)
    return folder


def recipe_digest() -> str:
    """A short digest of the sources that decide how the models come out."""
    here = Path(__file__).parent
    sources = b"".join((here / name).read_bytes() for name in RECIPE_FILES)
    return hashlib.sha256(sources).hexdigest()[:12]


def train_tiny(folder: Path) -> None:
    """Train the tiny model into the folder."""
    from tests.tiny_llama_tokens import byte_level_tokenizer

    talks = list(islice(conversations(TINY.seed), TINY.steps * TINY.batch))
    tokenizer = byte_level_tokenizer(contents(talks), window=TINY.window)
    train(TINY, tokenizer, talks, folder)


def train_narrow(folder: Path) -> None:
    """Train the narrow model into the folder."""
    from tests.tiny_llama_tokens import metaspace_tokenizer

    talks = [narrowed(turns) for turns in islice(conversations(NARROW.seed), NARROW.steps * NARROW.batch)]
    tokenizer = metaspace_tokenizer(contents(talks), window=NARROW.window)
    train(NARROW, tokenizer, talks, folder)


def contents(talks: Sequence[Sequence[Turn]]) -> list[str]:
    """What a tokenizer learns from: some talks, and the recipe itself for further English words."""
    here = Path(__file__).parent
    extra = [(here / name).read_text(encoding="utf-8") for name in RECIPE_FILES]
    return extra + [turn.content for turns in talks[:400] for turn in turns]


def train(recipe: Recipe, tokenizer: "PreTrainedTokenizerFast", talks: Sequence[Sequence[Turn]], folder: Path) -> None:
    """Train a model on the answers of the talks and save it with its tokenizer."""
    began = time.monotonic()
    examples = [one for one in (example(tokenizer, turns) for turns in talks) if len(one.tokens) <= recipe.window]
    with repeatable(recipe.seed):
        model = new_model(recipe, tokenizer)
        losses = fit(model, batches(examples, recipe.batch), recipe.peak_rate)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    logger.info(
        "%s: %d parameters, %d tokens in the vocabulary, loss %.2f first, %.2f last, %.0f s",
        folder.name,
        model.num_parameters(),
        len(tokenizer),
        losses[0],
        sum(losses[-20:]) / 20,
        time.monotonic() - began,
    )


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


def example(tokenizer: "PreTrainedTokenizerFast", turns: Sequence[Turn]) -> Example:
    """The talk in tokens; what the template puts after an assistant's cue is to be learned."""
    spans = [
        (len(render(tokenizer, turns[:index], cue=True)), len(render(tokenizer, turns[: index + 1])))
        for index, turn in enumerate(turns)
        if turn.role == "assistant"
    ]
    encoded = tokenizer(render(tokenizer, turns), add_special_tokens=False, return_offsets_mapping=True, verbose=False)
    tokens, offsets = encoded["input_ids"], encoded["offset_mapping"]
    labels = (
        token if any(begin <= left < end for begin, end in spans) else NOT_LEARNED
        for token, (left, _) in zip(tokens, offsets, strict=True)
    )
    return Example(tokens=tuple(tokens), labels=tuple(labels))


def render(tokenizer: "PreTrainedTokenizerFast", turns: Sequence[Turn], *, cue: bool = False) -> str:
    """The talk as the chat template writes it, with or without the cue for an answer."""
    messages = [asdict(turn) for turn in turns]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=cue))


def new_model(recipe: Recipe, tokenizer: "PreTrainedTokenizerFast") -> "LlamaForCausalLM":
    """An untrained model that fits the recipe and the tokenizer."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=recipe.hidden,
        intermediate_size=recipe.hidden * 3,
        num_hidden_layers=recipe.layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=recipe.window,
        tie_word_embeddings=True,
        # Three times the usual spread: so narrow a model hardly learns from the usual one.
        initializer_range=0.06,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return LlamaForCausalLM(config)


def batches(examples: Sequence[Example], size: int) -> list[list[Example]]:
    """Batches of similar length, so that little is padding, their lengths in mixed order."""
    stride = max(1, len(examples) // (16 * size))
    mixed = []
    for start in range(stride):
        pool = sorted(examples[start::stride], key=lambda one: len(one.tokens))
        groups = [pool[at : at + size] for at in range(0, len(pool), size)]
        # Long and short in turn: a run of one length would pull the model to and fro.
        mixed += groups[::2] + groups[1::2]
    return mixed


def fit(model: "LlamaForCausalLM", groups: Sequence[Sequence[Example]], peak_rate: float) -> list[float]:
    """Train the model in place; the loss of every step."""
    import torch

    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.99), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak_rate, total_steps=len(groups), pct_start=0.1)
    model.train()
    losses = []
    for group in groups:
        loss = answer_loss(model, group)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    model.eval()
    return losses


def answer_loss(model: "LlamaForCausalLM", group: Sequence[Example]) -> "Tensor":
    """Mean cross entropy of the learned tokens."""
    from torch.nn.functional import cross_entropy

    tokens = padded([one.tokens for one in group], 0)
    labels = padded([one.labels for one in group], NOT_LEARNED)[:, 1:]
    # Padding stands right and is never learned: any token will do and no attention mask is
    # needed. Scoring only the learned places saves most of the work of the output layer.
    states = model.model(input_ids=tokens, use_cache=False).last_hidden_state[:, :-1]
    learned = labels != NOT_LEARNED
    return cross_entropy(model.lm_head(states[learned]), labels[learned])


def padded(rows: Sequence[Sequence[int]], filler: int) -> "Tensor":
    """The rows as one tensor (rows, longest), filled on the right."""
    import torch

    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logger.info("%s", tiny_llama(Path(sys.argv[1])))
    logger.info("%s", narrow_llama(Path(sys.argv[1])))
