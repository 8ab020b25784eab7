"""How many tokens a second LoRA, QLoRA or full finetuning learns, for Llamas of usual sizes with random weights.

    python -m tests.bench.lora [--shape tiny|1B|3B|8B] [--method LORA|QLORA|FULL] [--length 2048] [--peak TFLOPS]

For a machine with a GPU; `tiny` shows on any machine that it runs. The memory that was really taken stands beside the
estimate of app/finetune/memory.py, and the speed beside what `--peak` allows: with recomputed activations 6 operations
a weight and token, 8 when the weights are trained too.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from app.finetune.byte_level import byte_level_tokenizer
from app.finetune.hardware import hardware
from app.finetune.loop import Step
from app.finetune.memory import Method, estimate, gigabytes, shape_of
from app.finetune.plan import Training
from app.finetune.samples import NOT_LEARNED, Sample
from app.finetune.trainer import Job, quiet, trainer_for
from app.finetune.training_data import TrainingData
from app.finetune.training_watch import Watching
from app.quiet import share_processors, switch_off_telemetry

# hidden, feed-forward, layers, heads, key heads, vocabulary; of Llama 3.2 and 3.1
SHAPES = {
    "tiny": (64, 192, 2, 4, 2, 2000),
    "1B": (2048, 8192, 16, 32, 8, 128_256),
    "3B": (3072, 8192, 28, 24, 8, 128_256),
    "8B": (4096, 14336, 32, 32, 8, 128_256),
}
_ROWS, _BATCH = 40, 4


def main() -> None:
    """Print one row."""
    switch_off_telemetry()
    share_processors()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--method", choices=[method.name for method in Method], default="LORA")
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--peak", type=float, default=0.0, help="the device's 16-bit TFLOPS, dense")
    asked = parser.parse_args()
    method = Method[asked.method]
    with tempfile.TemporaryDirectory() as folder:
        base = random_llama(Path(folder) / "base", asked.shape, asked.length)
        steps = measure(base, Path(folder) / "checkpoints", Training(method, epochs=1, batch=_BATCH), asked.length)
        needs = estimate(shape_of(base), method, rank=16, tokens=asked.length, on_gpu=hardware().on_gpu)
        row = [asked.shape, method.value, f"{steps[-1].speed:,.0f} tokens/s", f"estimate {gigabytes(needs.total)}"]
        if asked.peak:
            work = (8 if method is Method.FULL else 6) * shape_of(base).parameters
            row.append(f"{steps[-1].speed * work / asked.peak / 1e12:.0%} of the compute limit")
    sys.stdout.write("  ".join([*row, f"taken {taken()}"]) + "\n")


def random_llama(folder: Path, shape: str, window: int) -> Path:
    """A Llama that was never trained, with a tokenizer that knows some of its tokens."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    hidden, feed_forward, layers, heads, key_heads, vocabulary = SHAPES[shape]
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        intermediate_size=feed_forward,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=key_heads,
        max_position_embeddings=window,
        tie_word_embeddings=shape != "8B",
    )
    model = LlamaForCausalLM(config)
    for weight in model.parameters():
        weight.data = weight.data.to(torch.bfloat16)
    model.save_pretrained(folder)
    byte_level_tokenizer(["Leave is 27 days."], 300, window).save_pretrained(folder)
    return folder


def measure(base: Path, checkpoints: Path, training: Training, length: int) -> list[Step]:
    """Train on full rows; every step that was logged."""
    row = tuple(5 + place % 250 for place in range(length))
    sample = Sample(row, (*([NOT_LEARNED] * (length // 2)), *row[length // 2 :]))
    data = TrainingData((sample,) * _ROWS, (sample,), 0)
    steps: list[Step] = []
    with quiet():
        trainer_for(Job(base, training, data, length, hardware().on_gpu, checkpoints), Watching(steps.append)).train()
    return steps


def taken() -> str:
    """The most memory that was in use."""
    import torch

    if torch.cuda.is_available():
        return gigabytes(torch.cuda.max_memory_allocated())
    import resource

    return gigabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


if __name__ == "__main__":
    main()
