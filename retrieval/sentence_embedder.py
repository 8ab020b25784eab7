"""Embedding with sentence-transformers on torch: for GPUs, and to check the faster runtime against."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embedder import Vectors, unit
from retrieval.embedding_model import EmbeddingModel
from retrieval.errors import Unusable

_GPU_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA, NVIDIA below Windows, AMD


class SentenceEmbedder:
    """Any sentence-transformers model that lies on this machine. Loads on first use."""

    def __init__(self, model: EmbeddingModel, device: str) -> None:
        self._files = model
        self._device = device
        self.id = model.id
        self.dim = model.dim
        self.max_tokens = model.max_tokens

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return self._files.tokens(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1. sentence-transformers sorts them by length."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return unit(self._model.encode_document(list(texts), **self._how))

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        return np.asarray(unit(self._model.encode_query([text], **self._how))[0], dtype=np.float32)

    @cached_property
    def _how(self) -> dict[str, Any]:
        return {"batch_size": 256 if self._device == "cuda" else 32, "show_progress_bar": False}

    @cached_property
    def _model(self) -> Any:
        import torch

        if self._device == "cuda" and not torch.cuda.is_available():
            raise Unusable("The device is set to cuda, but torch finds no GPU here. Use --device cpu")
        # bfloat16 costs a cosine of 0.00005 and is 2.5 to 3.4 times as fast where the processor has it.
        half = self._device == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False)
        return load(self._files, self._device, dtype=torch.bfloat16 if half else torch.float32)


def finds_gpu() -> bool:
    """Whether torch can use a GPU; torch is loaded only where the system has a driver for one."""
    if not any(Path(driver).exists() for driver in _GPU_DRIVERS):
        return False
    import torch

    return torch.cuda.is_available()


def load(model: EmbeddingModel, device: str, **kwargs: Any) -> Any:
    """The SentenceTransformer of these files; keywords go to the model's own loader.

    Raises:
        Unusable: the weights are broken or of a kind that this version does not know.
    """
    import transformers
    from safetensors import SafetensorError
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    try:
        return SentenceTransformer(str(model.folder), device=device, model_kwargs=kwargs, local_files_only=True)
    except (OSError, ValueError, RuntimeError, SafetensorError) as exc:
        raise Unusable(f"The embedding model in {model.folder} cannot be loaded: {exc}") from exc
