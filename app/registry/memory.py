"""How much memory a model needs, and how much is free where it would run."""

from dataclasses import dataclass

from app.llm.memory import free
from retrieval.sentence_embedder import finds_gpu

_WORKING = 1.2  # beside the weights: the key-value cache and what a step needs
_WIDENED = 2.0  # weights of 16 bits are computed with 32 on a processor


@dataclass(frozen=True, slots=True)
class Memory:
    """Of the graphics card, or of the machine where `device` is cpu or none is there. `free_bytes` states it."""

    device: str
    free_bytes: int | None = None

    @property
    def on_gpu(self) -> bool:
        """Whether models run on a graphics card."""
        return self.device != "cpu" and finds_gpu()

    def needed(self, weights: int) -> int:
        """Bytes for a model with so many bytes of weights."""
        return int(weights * _WORKING * (1.0 if self.on_gpu else _WIDENED))

    def free(self) -> int | None:
        """Free bytes; None where this system does not say."""
        if self.free_bytes is not None:
            return self.free_bytes
        return free("cuda" if self.on_gpu else "cpu") or None
