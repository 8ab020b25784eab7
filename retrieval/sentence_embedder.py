"""Embedding with sentence-transformers on torch: for GPUs, and to check the faster runtime against.

A GPU waits for nothing but the first texts: they are tokenised in another thread, batches are copied without waiting,
and vectors stay on the GPU until all are there.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.batches import Ids, batches, padded
from retrieval.embedding_model import EmbeddingModel
from retrieval.errors import Unusable
from retrieval.reading import Reading, Vectors, readings, unit
from retrieval.words import no_words

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

_GPU_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA, NVIDIA below Windows, AMD
_BATCH_TOKENS = {"cuda": 65_536, "cpu": 8_192}  # padding included
_GROUP = 8_192  # texts that are tokenised and sorted together: 3 to 5 % of their batches is padding
_LEAST_COSINE = 0.999
_PROBES = ["Annual Leave", "ÜBERSTUNDEN are paid with the next Salary, as long as they were asked for. " * 5]


class SentenceEmbedder:
    """Any sentence-transformers model that lies on this machine. Loads on first use; threads may share it."""

    def __init__(self, model: EmbeddingModel, device: str) -> None:
        self._files = model
        self._device = device
        self.id = model.id
        self.dim = model.dim
        self.max_tokens = model.max_tokens
        self.tokens_read = 0

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        return self._files.tokens(text)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        if not self._reads_ids_alone:
            return unit(self._model.encode_document(list(texts), show_progress_bar=False))
        return self._embed(texts)

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        return np.asarray(unit(self._model.encode_query([text], show_progress_bar=False))[0], dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Embed passages and their words."""
        if not self._reads_ids_alone:
            return [Reading(vector, no_words(self.dim)) for vector in self.passages(texts)]
        return self._read(texts, self._files.prompts.get("document", ""))

    def read_query(self, text: str) -> Reading:
        """Embed a question and its words."""
        if not self._reads_ids_alone:
            return Reading(self.query(text), no_words(self.dim))
        return self._read([text], self._files.prompts.get("query", ""))[0]

    @property
    def runtime(self) -> str:
        """What computes where, and how precisely; for people."""
        import torch

        precision = str(self._model.dtype).removeprefix("torch.")
        where = torch.cuda.get_device_name() if self._device == "cuda" else "the processor"
        return f"torch on {where}, {precision}"

    @cached_property
    def _reads_ids_alone(self) -> bool:
        """False for a model that does more with a text than its tokens say, such as leaving the prompt out."""
        theirs = unit(self._model.encode_document(_PROBES, show_progress_bar=False))
        ours = self._embed(_PROBES)
        self.tokens_read = 0  # the probes are nobody's passages
        return bool((ours * theirs).sum(axis=1).min() >= _LEAST_COSINE)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        import torch

        model, places, done = self._model, [], []
        groups = [range(start, min(start + _GROUP, len(texts))) for start in range(0, len(texts), _GROUP)]
        with ThreadPoolExecutor(1) as other, torch.inference_mode():
            prepared = other.map(lambda group: list(self._prepared(texts, group)), groups)
            for of_texts, features in chain.from_iterable(prepared):
                there = {name: tensor.to(self._device, non_blocking=True) for name, tensor in features.items()}
                done.append(model(there)["sentence_embedding"])
                places += of_texts
            vectors = np.empty((len(texts), self.dim), dtype=np.float32)
            vectors[places] = torch.cat(done).float().cpu().numpy()
        return unit(vectors)

    def _read(self, texts: Sequence[str], prompt: str) -> list[Reading]:
        return readings(texts, prompt, self._tokenizer, _BATCH_TOKENS[self._device], self._infer)

    def _infer(self, ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
        import torch

        self.tokens_read += int(mask.sum())
        features = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        with torch.inference_mode():
            found = self._model({name: tensor.to(self._device) for name, tensor in features.items()})
            return found["sentence_embedding"].float().cpu().numpy(), found["token_embeddings"].float().cpu().numpy()

    def _prepared(self, texts: Sequence[str], group: range) -> Iterator[tuple[list[int], dict[str, "torch.Tensor"]]]:
        """Batches of a group: places of their texts, and what the model reads of them."""
        import torch

        prompt = self._files.prompts.get("document", "")
        encoded = [one.ids for one in self._tokenizer.encode_batch_fast([prompt + texts[place] for place in group])]
        lengths = [len(ids) for ids in encoded]
        self.tokens_read += sum(lengths)
        for batch in batches(lengths, _BATCH_TOKENS[self._device]):
            arrays = padded([encoded[place] for place in batch])
            tensors = dict(zip(("input_ids", "attention_mask"), map(torch.from_numpy, arrays), strict=True))
            if self._device == "cuda":  # only from pinned memory is a copy one that nobody waits for
                tensors = {name: tensor.pin_memory() for name, tensor in tensors.items()}
            yield [group[place] for place in batch], tensors

    @cached_property
    def _tokenizer(self) -> "Tokenizer":
        return self._files.tokenizer(self.max_tokens)

    @cached_property
    def _model(self) -> Any:
        import torch

        if self._device == "cuda" and not torch.cuda.is_available():
            raise Unusable("The device is set to cuda, but torch finds no GPU here. Use --device cpu")
        return load(self._files, self._device, dtype=_precision(self._device)).eval()


def _precision(device: str) -> "torch.dtype":
    """Half where that is quicker: bfloat16 costs a cosine of 0.00005, and float16 overflows in some models."""
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.bfloat16 if torch.cpu.get_capabilities().get("avx512_bf16", False) else torch.float32


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
