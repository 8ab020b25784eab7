"""Llamas of usual shapes with random weights on a GPU: words a second, time to the first, LoRA training."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_log = logging.getLogger(__name__)
_PROMPT, _ANSWER, _VOCABULARY = 1024, 128, 128_256  # tokens
_TRAIN_BATCH, _TRAIN_STEPS = 4, 8
_COPIED = 1 << 30  # bytes


@dataclass(frozen=True, slots=True)
class Shape:
    """A Llama's measures."""

    name: str
    hidden: int
    inner: int
    layers: int
    heads: int
    kept_heads: int


SHAPES = (
    Shape("1B", 2048, 8192, 16, 32, 8),
    Shape("3B", 3072, 8192, 28, 24, 8),
    Shape("8B", 4096, 14336, 32, 32, 8),
)


def measure(shapes: tuple[Shape, ...] = SHAPES) -> None:
    """Print a line for each shape, precision and batch, then for each shape's training."""
    import torch

    if not torch.cuda.is_available():
        _log.info("There is no GPU here: nothing is measured.")
        return
    limit = _bandwidth()
    _log.info("%s, memory gives %.0f GB/s, copying", torch.cuda.get_device_name(), limit / 1e9)
    for shape in shapes:
        for bits in (16, 4):
            model = made(shape, bits, "cuda")
            weights = model.get_memory_footprint()
            for batch in (1, 16):
                first, rate = _answered(model, batch)
                most = batch * limit / weights
                _log.info(
                    "%s %2d bits batch %2d: first word %.0f ms, %.0f tokens/s, %.0f %% of the memory's limit",
                    shape.name, bits, batch, 1000 * first, rate, 100 * rate / most,
                )  # fmt: skip
            del model
            torch.cuda.empty_cache()
        _log.info("%s LoRA: %.0f tokens/s in training", shape.name, trained(made(shape, 16, "cuda")))
        torch.cuda.empty_cache()


def made(shape: Shape, bits: int, device: str) -> Any:
    """A Llama of this shape with random weights; for 4 bits it is saved and loaded again."""
    import tempfile

    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig

    from app.llm.folder import look_into
    from app.llm.weights import loaded

    config = LlamaConfig(
        vocab_size=_VOCABULARY, hidden_size=shape.hidden, intermediate_size=shape.inner,
        num_hidden_layers=shape.layers, num_attention_heads=shape.heads, num_key_value_heads=shape.kept_heads,
        max_position_embeddings=8192, tie_word_embeddings=shape.hidden < 4096,
    )  # fmt: skip
    with torch.device(device):
        model: Any = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    if bits == 16:
        return model.eval()
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        del model
        from pathlib import Path

        return loaded(look_into(Path(folder)), device, quantization="4bit")


def _answered(model: Any, batch: int) -> tuple[float, float]:
    """Seconds to the first word, and tokens a second of all answers after it."""
    import torch

    prompt = torch.randint(5, _VOCABULARY, (batch, _PROMPT), device=model.device)
    times = []
    for room in (1, 1, _ANSWER):  # the first one warms up
        torch.cuda.synchronize()
        begun = time.perf_counter()
        model.generate(
            prompt, attention_mask=torch.ones_like(prompt), max_new_tokens=room, min_new_tokens=room, do_sample=False
        )
        torch.cuda.synchronize()
        times.append(time.perf_counter() - begun)
    return times[1], batch * (_ANSWER - 1) / (times[2] - times[1])


def trained(model: Any) -> float:
    """Tokens a second of LoRA training."""
    import torch
    from peft import LoraConfig, get_peft_model

    tuned: Any = get_peft_model(model, LoraConfig(r=16, target_modules="all-linear"))
    optimizer = torch.optim.AdamW([one for one in tuned.parameters() if one.requires_grad], lr=1e-4)
    begun = 0.0
    for number, tokens in enumerate(_batches(model)):
        if number == 1:  # the first one warms up
            torch.cuda.synchronize()
            begun = time.perf_counter()
        tuned(input_ids=tokens, labels=tokens).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.cuda.synchronize()
    return _TRAIN_STEPS * _TRAIN_BATCH * _PROMPT / (time.perf_counter() - begun)


def _batches(model: Any) -> Iterator[Any]:
    import torch

    for _ in range(_TRAIN_STEPS + 1):
        yield torch.randint(5, _VOCABULARY, (_TRAIN_BATCH, _PROMPT), device=model.device)


def _bandwidth() -> float:
    import torch

    source = torch.ones(_COPIED // 4, device="cuda")
    target = torch.empty_like(source)
    times = []
    for _ in range(6):
        torch.cuda.synchronize()
        begun = time.perf_counter()
        target.copy_(source)
        torch.cuda.synchronize()
        times.append(time.perf_counter() - begun)
    return 2 * _COPIED / min(times)
