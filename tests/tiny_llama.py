"""Tiny Llama models for tests: real weights, tokenizers and chat templates, kept on disk.

They come from the product's own training from scratch, and say what tests/tiny_llama_text.py taught them and cite it;
no test may ask them for more.
"""

import hashlib
import logging
import shutil
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from app.finetune.loop import train
from app.finetune.recipe import Recipe
from app.finetune.samples import talk_sample
from retrieval.prompt import Message
from tests.tiny_llama_text import conversations, narrowed

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
RECIPE_FILES = (
    "tests/tiny_llama.py",
    "tests/tiny_llama_text.py",
    "tests/tiny_llama_tokens.py",
    "app/finetune/byte_level.py",
    "app/finetune/loop.py",
    "app/finetune/samples.py",
)
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
    sources = b"".join((ROOT / name).read_bytes() for name in RECIPE_FILES)
    return hashlib.sha256(sources).hexdigest()[:12]


def train_tiny(folder: Path) -> None:
    """Train the tiny model into the folder."""
    from app.finetune.byte_level import byte_level_tokenizer

    talks = list(islice(conversations(TINY.seed), TINY.steps * TINY.batch))
    learn(TINY, byte_level_tokenizer(contents(talks), TINY.vocabulary, TINY.window), talks, folder)


def train_narrow(folder: Path) -> None:
    """Train the narrow model into the folder."""
    from tests.tiny_llama_tokens import metaspace_tokenizer

    talks = [narrowed(turns) for turns in islice(conversations(NARROW.seed), NARROW.steps * NARROW.batch)]
    learn(NARROW, metaspace_tokenizer(contents(talks), window=NARROW.window), talks, folder)


def contents(talks: Sequence[Sequence[Message]]) -> list[str]:
    """What a tokenizer learns from: some talks, and the recipe itself for further English words."""
    extra = [(ROOT / name).read_text(encoding="utf-8") for name in RECIPE_FILES[:3]]
    return extra + [turn.text for turns in talks[:400] for turn in turns]


def learn(
    recipe: Recipe, tokenizer: "PreTrainedTokenizerFast", talks: Sequence[Sequence[Message]], folder: Path
) -> None:
    """Train a model on the answers of the talks and save it with its tokenizer."""
    samples = [talk_sample(tokenizer, turns) for turns in talks]
    trained = train(recipe, tokenizer, samples, folder, lambda _: None)
    logger.info(
        "%s: %d parameters, %d tokens in the vocabulary, loss %.2f first, %.2f last, %.0f s",
        folder.name,
        trained.parameters,
        len(tokenizer),
        trained.losses[0],
        trained.last_loss,
        trained.seconds,
    )


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    logger.info("%s", tiny_llama(Path(sys.argv[1])))
    logger.info("%s", narrow_llama(Path(sys.argv[1])))
