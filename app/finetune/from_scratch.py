"""`frontdesk finetune train --from-scratch`: a small Llama and its tokenizer, from examples or plain texts."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from app.finetune.byte_level import byte_level_tokenizer
from app.finetune.example import TRAIN, Example, read_examples
from app.finetune.loop import Trained, Watch, train
from app.finetune.recipe import Recipe
from app.finetune.run_record import RunRecord
from app.finetune.samples import ANSWERS, SPOKEN, Sample, talk_sample, text_samples
from app.llm.folder import files_digest
from retrieval.errors import Unusable
from retrieval.prompt import Message

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_TEXTS = (".txt", ".md")
_ROLES = {"answers": ANSWERS, "prompts": SPOKEN - ANSWERS, "spoken": SPOKEN}
_FOR_TOKENIZER = 2000  # examples or texts; more change no merge that matters


def train_from_scratch(recipe: Recipe, data: Path, folder: Path, watch: Watch) -> Trained:
    """Train on a data set's folder, a JSONL file of examples, a text file or a folder of texts.

    Raises:
        Unusable: nothing to learn from is there, or nothing of it fits the window.
    """
    files = data_files(data)
    tokenizer, samples = _from_texts(recipe, files) if files[0].suffix in _TEXTS else _from_examples(recipe, files)
    fitting = [one for one in samples if len(one.tokens) <= recipe.window]
    if not fitting:
        raise Unusable(
            f"Nothing in {data} fits the window of {recipe.window} tokens. Set a larger window in the recipe"
        )
    trained = train(recipe, tokenizer, fitting, folder, watch)
    record = RunRecord(
        "from scratch",
        base="",
        base_digest="",
        data=data.name,
        data_digest=files_digest(files),
        parameters=asdict(recipe),
        metrics={
            "parameters": trained.parameters,
            "samples": len(fitting),
            "too_long": len(samples) - len(fitting),
            "tokens": trained.tokens,
            "loss": round(trained.last_loss, 4),
            "seconds": round(trained.seconds, 1),
        },
    )
    record.write(folder)
    return trained


def data_files(data: Path) -> list[Path]:
    """The files that a model is to learn from."""
    if (data / TRAIN).is_file():
        return [data / TRAIN]
    if data.is_file() and data.suffix in (".jsonl", *_TEXTS):
        return [data]
    found = sorted(file for file in data.rglob("*") if file.suffix in _TEXTS and file.is_file())
    if not found:
        raise Unusable(f"{data} has nothing to learn from: {TRAIN}, a .jsonl file, or texts (.txt, .md) were expected")
    return found


def _from_examples(recipe: Recipe, files: Sequence[Path]) -> tuple["PreTrainedTokenizerFast", list[Sample]]:
    examples = [example for file in files for example in read_examples(file)]
    step = max(1, len(examples) // _FOR_TOKENIZER)
    texts = (turn.text for example in examples[::step] for turn in talk(example))
    tokenizer = byte_level_tokenizer(texts, recipe.vocabulary, recipe.window)
    return tokenizer, [talk_sample(tokenizer, talk(one), _ROLES[recipe.learn]) for one in examples]


def _from_texts(recipe: Recipe, files: Iterable[Path]) -> tuple["PreTrainedTokenizerFast", list[Sample]]:
    texts = [file.read_text(encoding="utf-8", errors="replace") for file in files]
    tokenizer = byte_level_tokenizer(islice(texts, _FOR_TOKENIZER), recipe.vocabulary, recipe.window)
    return tokenizer, list(text_samples(tokenizer, texts, recipe.window))


def talk(example: Example) -> list[Message]:
    """The whole conversation, the answer as its last turn."""
    return [*example.messages, Message("assistant", example.answer)]
