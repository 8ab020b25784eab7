"""Reranking with a cross-encoder that a company has: it reads question and chunk together, more slowly and better."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import Unusable


class CrossEncoder:
    """Any sentence-transformers cross-encoder with one label that lies on this machine. Loads on first use."""

    def __init__(self, folder: Path, device: str) -> None:
        if not (folder / "config.json").is_file():
            raise Unusable(f"{folder} is no cross-encoder: a folder with config.json and weights was expected")
        self._folder = folder
        self._device = None if device == "auto" else device

    def relevance(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """How well each text answers the question: (n,) in 0..1."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        pairs = [(question, text) for text in texts]
        return np.asarray(self._model.predict(pairs, show_progress_bar=False), dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        import sentence_transformers
        import torch
        import transformers

        transformers.utils.logging.set_verbosity_error()
        try:
            model = sentence_transformers.CrossEncoder(
                str(self._folder), device=self._device, local_files_only=True, activation_fn=torch.nn.Sigmoid()
            )
        except (OSError, ValueError, RuntimeError) as exc:
            raise Unusable(f"The cross-encoder in {self._folder} cannot be loaded: {exc}") from exc
        if model.num_labels != 1:
            raise Unusable(f"The cross-encoder in {self._folder} has {model.num_labels} labels, not one")
        return model
