"""What serving a local Llama costs beside the library's bare `generate`, and how soon a stopped answer frees its place.

    python -m tests.bench.serving [MODEL_DIR] [--busy]

Without a folder the tests' tiny Llama answers. Five interleaved rounds after a warm-up; medians with least and most.
On a machine with a GPU:

    python -m tests.bench.serving --gpu

Llamas of 1, 3 and 8 thousand million parameters with random weights, batches of 1 and 16, bf16 and 4 bits, beside the
memory's limit; and tokens a second of LoRA training.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.llm.generation import Request, Runner, Slot
from app.llm.local import LocalLlama, load_llama
from app.llm.model import LanguageModel
from app.llm.trial import sample
from app.quiet import share_processors, switch_off_telemetry
from tests.bench.timing import Spread, Times, interleaved, spread

_log = logging.getLogger(__name__)
_ROUNDS, _ANSWERS = 5, 10
_ROOM = 64  # tokens
_CANCELS = 20


def bare(chat: LocalLlama, ids: list[int]) -> Callable[[], object]:
    """The library's own loop, nothing streamed."""
    import torch

    prompt = torch.tensor([ids])

    def run() -> None:
        for _ in range(_ANSWERS):
            chat.model.generate(prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=_ROOM, do_sample=False)

    return run


def ours(chat: LocalLlama, ids: list[int], lookup: int = 0, *, anew: bool = True) -> Callable[[], object]:
    """Our runner; `anew` forgets the prompt before each answer, as the bare loop does."""
    slot = Slot()
    runner = Runner(chat.model, chat.template.tokenizer, slot, chat.patience, lookup)

    def run() -> None:
        for _ in range(_ANSWERS):
            if anew:
                slot.forget()
            "".join(runner.stream(Request(tuple(ids), _ROOM)))

    return run


def cancelled(chat: LocalLlama, ids: list[int]) -> Spread:
    """Milliseconds from closing a stream until the model is free."""
    chat.model.generation_config.eos_token_id, kept = None, chat.model.generation_config.eos_token_id
    slot = Slot()
    runner = Runner(chat.model, chat.template.tokenizer, slot, chat.patience)
    took = []
    for _ in range(_CANCELS):
        pieces: Any = runner.stream(Request(tuple(ids), 1000))
        next(pieces)
        begun = time.perf_counter()
        pieces.close()
        with slot.turn:
            took.append(1000 * (time.perf_counter() - begun))
    chat.model.generation_config.eos_token_id = kept
    return spread(took)


def on_cpu(model: LanguageModel, clock: Callable[[], float]) -> None:
    """Print the table."""
    chat = model.chat
    assert isinstance(chat, LocalLlama)
    ids = chat.template.token_ids(sample())
    times: dict[str, Times] = interleaved(
        {
            "bare": bare(chat, ids),
            "ours": ours(chat, ids),
            "guessing ahead": ours(chat, ids, lookup=10),
            "prompt remembered": ours(chat, ids, anew=False),
        },
        _ROUNDS,
        clock,
    )
    _log.info("%s, prompt of %d tokens, %d rounds of %d answers", model.name, len(ids), _ROUNDS, _ANSWERS)
    for name, of in times.items():
        _log.info("%-18s %s answers/s", name, of.rate(_ANSWERS))
    _log.info("streaming costs    %s times bare", spread(_ratios(times["ours"], times["bare"])))
    for name in ("guessing ahead", "prompt remembered"):
        _log.info("%-18s %s times as fast as ours", name, times[name].times_as_fast_as(times["ours"]))
    _log.info("closing frees      %s ms", cancelled(chat, ids))


def _ratios(one: Times, other: Times) -> list[float]:
    return [a / b for a, b in zip(one.seconds, other.seconds, strict=True)]


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="a Llama's folder")
    parser.add_argument("--gpu", action="store_true", help="measure Llamas with random weights on the GPU instead")
    parser.add_argument("--busy", action="store_true", help="count our processor seconds, where others work beside us")
    asked = parser.parse_args()
    switch_off_telemetry()
    share_processors()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if asked.gpu:
        from tests.bench.serving_gpu import measure

        measure()
        return
    from tests.conftest import CACHE
    from tests.tiny_llama import tiny_llama

    clock = time.process_time if asked.busy else time.perf_counter
    on_cpu(load_llama(asked.folder or tiny_llama(CACHE), "cpu", 0, _ROOM), clock)


if __name__ == "__main__":
    main()
