"""Embedding on processors with OpenVINO: several times as fast as torch, which is not even loaded."""

import ctypes
import importlib
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from retrieval.batches import Ids, batches, padded
from retrieval.embedding_model import EmbeddingModel
from retrieval.errors import Unusable
from retrieval.reading import Reading, Vectors, readings, unit

if TYPE_CHECKING:
    import openvino
    from tokenizers import Tokenizer

BATCH_TOKENS = 2_048  # padding included: about what the processor's caches still help with
_Found = TypeVar("_Found")
_importing = threading.Lock()
_compiling = threading.Lock()
_compiled: dict[tuple[Path, str], "openvino.CompiledModel"] = {}


class OpenVinoEmbedder:
    """A model that `openvino_export` has exported to `file`. Loads on first use; threads may share it."""

    def __init__(self, model: EmbeddingModel, file: Path) -> None:
        self._model = model
        self._file = file
        self._lock = threading.Lock()
        self._local = threading.local()
        self.id = model.id
        self.dim = model.dim
        self.max_tokens = model.max_tokens
        self.tokens_read = 0

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return self._model.tokens(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1."""
        prompt = self._model.prompts.get("document", "")
        encoded = [one.ids for one in self._tokenizer.encode_batch_fast([prompt + text for text in texts])]
        vectors = np.empty((len(encoded), self.dim), dtype=np.float32)

        def embed(batch: list[int]) -> None:
            vectors[batch] = self._infer(*padded([encoded[place] for place in batch]))[0]

        list(self._each(embed, list(batches([len(ids) for ids in encoded], BATCH_TOKENS))))
        return unit(vectors)

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        return self.read_query(text).vector

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Embed passages and their words."""
        return self._read(texts, self._model.prompts.get("document", ""))

    def read_query(self, text: str) -> Reading:
        """Embed a question and its words."""
        return self._read([text], self._model.prompts.get("query", ""))[0]

    @property
    def runtime(self) -> str:
        """What computes where, and how precisely; for people."""
        precision = self._compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        return f"OpenVINO on the processor, {precision}"

    def _read(self, texts: Sequence[str], prompt: str) -> list[Reading]:
        return readings(texts, prompt, self._tokenizer, BATCH_TOKENS, self._infer, self._each)

    def _each(self, work: Callable[[list[int]], _Found], parts: list[list[int]]) -> Iterator[_Found]:
        """Several batches run side by side, for throughput; a single one has all processors, for its answer's sake."""
        return self._pool.map(work, parts) if len(parts) > 1 else map(work, parts)

    def _infer(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        with self._lock:
            self.tokens_read += int(mask.sum())
        vectors, tokens = self._request.infer({0: ids, 1: mask}, share_outputs=True).values()
        return vectors, tokens

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return self._model.tokenizer(self.max_tokens)

    @property
    def _request(self) -> "openvino.InferRequest":
        """An inference request serves one thread at a time, so each thread has its own."""
        if not hasattr(self._local, "request"):
            with self._lock:
                self._local.request = self._compiled.create_infer_request()
        request: openvino.InferRequest = self._local.request
        return request

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        """Threads with a part of the processors each: halves of a batch that wait for each other are slower."""
        side_by_side = compiled(self._file, "THROUGHPUT")

        def begin() -> None:
            self._local.request = side_by_side.create_infer_request()

        return ThreadPoolExecutor(side_by_side.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"), initializer=begin)

    @cached_property
    def _compiled(self) -> "openvino.CompiledModel":
        return compiled(self._file, "LATENCY")


def compiled(file: Path, hint: str) -> "openvino.CompiledModel":
    """The model in `file`, compiled once for all embedders of this process, which may run it in any thread.

    It is never freed, not even when Python ends: a process whose work was done has crashed in OpenVINO's destructor of
    a compiled model (once in thousands of runs; docs/decisions.md), and what the system takes back needs none.

    Raises:
        Unusable: the file is damaged.
    """
    with _compiling:
        if (file, hint) not in _compiled:
            # The precision is OpenVINO's choice: bfloat16 where the processor has it, else float32.
            try:
                model = quiet_openvino().Core().compile_model(file, "CPU", {"PERFORMANCE_HINT": hint})
            except RuntimeError as exc:
                raise Unusable(f"{file} is damaged. Delete its folder; it is made again: {exc}") from exc
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(model))  # nobody gives this reference back
            _compiled[file, hint] = model
        return _compiled[file, hint]


def quiet_openvino() -> ModuleType:
    """OpenVINO without the part of it that reports its use to its makers; it falls back to a stub without that."""
    with _importing:
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
        openvino = importlib.import_module("openvino")
        # Its binding to numpy is made at the first use; two threads that come first wait for each other for ever.
        openvino.Tensor(openvino.Type.f32, openvino.Shape([1])).data[:] = 0
        return openvino
