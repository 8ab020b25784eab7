"""How fast passages are embedded on a GPU, beside sentence-transformers' own half precision; and FAISS on a GPU.

    python -m tests.bench.gpu_embedding --weights FOLDER [--device cpu --texts 500]

Needs torch and sentence-transformers only; the texts are made here. One JSON object a line. "on device" is the model
alone, its batches lying on the device; "text to vector" is everything, tokenising included.

    python -m tests.bench.gpu_embedding --weights FOLDER --half-copy TARGET

writes the model with its weights in float16, which is half as much to carry to another machine, and ends.
"""

import argparse
import json
import logging
import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import torch

from app.quiet import switch_off_telemetry
from retrieval.embedding_model import EmbeddingModel
from retrieval.reading import Vectors, unit
from retrieval.sentence_embedder import SentenceEmbedder, load
from tests.bench.staff_texts import staff_texts
from tests.bench.timing import Times, interleaved

_log = logging.getLogger(__name__)
_COMPARED = 1_000  # texts whose vectors are compared with float32's
_K, _QUESTIONS = 10, 64
_OURS = "ours, text to vector"
_PEER = "sentence-transformers float16, batch {}, text to vector"  # 32 is its default


def main() -> None:
    """Measure and print."""
    arguments = _arguments()
    switch_off_telemetry()
    logging.basicConfig(format="%(message)s")
    _log.setLevel(logging.INFO)
    model = EmbeddingModel(arguments.weights)
    if arguments.half_copy:
        half_copy(model.folder, arguments.half_copy)
        return
    texts = staff_texts(arguments.texts)
    _embedding(model, texts, arguments)
    for rows in arguments.rows:
        _flat_search(rows, model.dim, arguments.repeats)
    names = ("torch", "transformers", "sentence-transformers", "tokenizers", "numpy")
    device = torch.cuda.get_device_name() if arguments.device == "cuda" else platform.machine()
    versions = {"python": platform.python_version()} | {name: metadata.version(name) for name in names}
    _print(what="machine", device=device, processors=os.cpu_count(), **versions)


def half_copy(folder: Path, target: Path) -> None:
    """Copy a model's folder; its floating point weights become float16."""
    from safetensors.torch import load_file, save_file

    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*.safetensors", "*.bin", "*.onnx", "__pycache__"))
    for file in folder.rglob("*.safetensors"):
        weights = {name: part.half() if part.is_floating_point() else part for name, part in load_file(file).items()}
        save_file(weights, target / file.relative_to(folder), metadata={"format": "pt"})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="folder of a sentence-transformers model")
    parser.add_argument("--half-copy", type=Path, metavar="TARGET", help="write it there in float16 and end")
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    parser.add_argument("--texts", type=int, default=50_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--compile", action="store_true", help="also the model through torch.compile")
    parser.add_argument(
        "--rows", type=int, nargs="*", default=[1_000_000, 10_000_000], help="for FAISS; none: leave it"
    )
    return parser.parse_args()


def _embedding(model: EmbeddingModel, texts: list[str], arguments: argparse.Namespace) -> None:
    device = arguments.device
    ours = SentenceEmbedder(model, device)
    theirs = load(model, device, dtype=torch.float16)
    tokenizer = model.tokenizer(model.max_tokens)
    tokens = sum(len(one.ids) for one in tokenizer.encode_batch_fast(texts))
    ours.passages(texts[:_COMPARED])  # loads
    prepared = [
        {name: tensor.to(device) for name, tensor in features.items()}
        for _, features in ours._prepared(texts, range(len(texts)))
    ]
    ways: dict[str, Callable[[], object]] = {
        "tokenising alone": lambda: tokenizer.encode_batch_fast(texts),
        "ours, on device": lambda: _forward(ours._model, prepared, device),
        _OURS: lambda: ours.passages(texts),
        _PEER.format(32): lambda: theirs.encode(texts, show_progress_bar=False),
        _PEER.format(1024): lambda: theirs.encode(texts, batch_size=1024, show_progress_bar=False),
    }
    if arguments.compile:
        compiled = torch.compile(ours._model, dynamic=True)
        ways["ours through torch.compile, on device"] = lambda: _forward(compiled, prepared, device)
    _print_rates(interleaved(ways, arguments.repeats), len(texts), tokens)
    some = texts[:_COMPARED]
    exact = unit(load(model, device, dtype=torch.float32).encode(some, show_progress_bar=False))
    both = {"ours": ours.passages(some), "sentence-transformers float16": theirs.encode(some, show_progress_bar=False)}
    for name, vectors in both.items():
        cosines = (unit(vectors) * exact).sum(axis=1)
        _print(what=f"cosine to float32, {name}", mean=float(cosines.mean()), min=float(cosines.min()))


def _print_rates(found: dict[str, Times], texts: int, tokens: int) -> None:
    for name, times in found.items():
        _print(what=name, texts=texts, tokens=tokens, unit="tokens/s", **asdict(times.rate(tokens)))
    for batch in (32, 1024):
        faster = found[_OURS].times_as_fast_as(found[_PEER.format(batch)])
        _print(what=f"times as fast, text to vector, as batch {batch}", **asdict(faster))


def _forward(model: Any, prepared: list[dict[str, torch.Tensor]], device: str) -> None:
    with torch.inference_mode():
        for features in prepared:
            model(dict(features))
    if device == "cuda":
        torch.cuda.synchronize()


def _flat_search(rows: int, dim: int, repeats: int) -> None:
    """Exact search among random unit vectors: FAISS on GPU and CPU, and torch's product with its top k."""
    try:
        import faiss
    except ImportError:
        faiss = None  # type: ignore[assignment]
    if not (hasattr(faiss, "StandardGpuResources") and torch.cuda.is_available()):
        _print(what="FAISS on a GPU", rows=rows, available=False)
        return
    there = torch.nn.functional.normalize(torch.randn(rows, dim, device="cuda"), dim=1)
    asked = torch.nn.functional.normalize(torch.randn(_QUESTIONS, dim, device="cuda"), dim=1)
    questions: Vectors = asked.cpu().numpy()
    here = faiss.IndexFlatIP(dim)
    here.add(there.cpu().numpy())
    resources = faiss.StandardGpuResources()
    index = faiss.index_cpu_to_gpu(resources, 0, here)
    ways: dict[str, Callable[[], Any]] = {
        "FAISS flat on the GPU": lambda: index.search(questions, _K)[1],
        "FAISS flat on the processor": lambda: here.search(questions, _K)[1],
        "torch product and top k": lambda: (asked @ there.T).topk(_K).indices.cpu().numpy(),
    }
    exact = ways["FAISS flat on the processor"]()
    found = interleaved(ways, repeats)
    for name, times in found.items():
        recall = float(np.mean([len(set(a) & set(b)) / _K for a, b in zip(ways[name](), exact, strict=True)]))
        rate = asdict(times.rate(_QUESTIONS))
        _print(what=name, rows=rows, k=_K, batch=_QUESTIONS, recall=recall, unit="questions/s", **rate)


def _print(**row: object) -> None:
    rounded = {name: float(f"{value:.7g}") if isinstance(value, float) else value for name, value in row.items()}
    _log.info(json.dumps(rounded))


if __name__ == "__main__":
    main()
