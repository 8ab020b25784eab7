"""Embedding on processors with OpenVINO: several times as fast as torch, which is not even loaded."""

import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.embedder import Vectors, unit
from retrieval.embedding_model import EmbeddingModel
from retrieval.errors import Unusable

if TYPE_CHECKING:
    import openvino
    from tokenizers import Tokenizer

BATCH_TOKENS = 8_192  # padding included: about what the processor's caches still help with


class OpenVinoEmbedder:
    """A model that `openvino_export` has exported to `file`. Loads on first use; threads may share it."""

    def __init__(self, model: EmbeddingModel, file: Path) -> None:
        self._model = model
        self._file = file
        self._loading = threading.Lock()
        self._local = threading.local()
        self.id = model.id
        self.dim = model.dim
        self.max_tokens = model.max_tokens

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return self._model.tokens(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1."""
        prompt = self._model.prompts.get("document", "")
        return self._embed([prompt + text for text in texts])

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        return np.asarray(self._embed([self._model.prompts.get("query", "") + text])[0], dtype=np.float32)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        encoded = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        for batch in batches([len(ids) for ids in encoded]):
            vectors[batch] = self._infer([encoded[place] for place in batch])
        return unit(vectors)

    def _infer(self, encoded: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(encoded), max(map(len, encoded))), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, of_text in enumerate(encoded):
            ids[row, : len(of_text)] = of_text
            mask[row, : len(of_text)] = 1
        return np.asarray(self._request.infer({0: ids, 1: mask})[0], dtype=np.float32)

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return self._model.tokenizer(self.max_tokens)

    @property
    def _request(self) -> "openvino.InferRequest":
        """An inference request serves one thread at a time, so each thread has its own."""
        if not hasattr(self._local, "request"):
            with self._loading:
                self._local.request = self._compiled.create_infer_request()
        request: openvino.InferRequest = self._local.request
        return request

    @cached_property
    def _compiled(self) -> "openvino.CompiledModel":
        import openvino

        # The precision is OpenVINO's choice: bfloat16 where the processor has it, else float32.
        try:
            return openvino.Core().compile_model(self._file, "CPU", {"PERFORMANCE_HINT": "LATENCY"})
        except RuntimeError as exc:
            raise Unusable(f"{self._file} is damaged. Delete its folder; it is made again: {exc}") from exc


def batches(lengths: Sequence[int], most: int = BATCH_TOKENS) -> Iterator[list[int]]:
    """Places of texts of like length, longest first; a batch has at most `most` tokens with padding, or one text."""
    batch: list[int] = []
    longest = 0
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        if batch and (len(batch) + 1) * longest > most:
            yield batch
            batch = []
        if not batch:
            longest = lengths[place]
        batch.append(place)
    if batch:
        yield batch
