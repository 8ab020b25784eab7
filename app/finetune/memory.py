"""How much memory a training will take, before it starts. Pure, but for reading a model's config and headers.

An estimate to plan with, a little on the high side: allocators and libraries differ by some tenths.
"""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from app.llm.folder import look_into
from retrieval.errors import Unusable

_WEIGHT, _SMALL_WEIGHT, _WIDE_WEIGHT = (
    2.0,
    0.56,
    4.0,
)  # bytes of a weight in bfloat16, in 4 bits with scales, in float32
_TRAINED = 16.0  # bytes of a trained weight: itself and its gradient 8, AdamW's two means 8
_PER_STATE = 34.0  # bytes that one unit of one token leaves in the layer that is computed anew for its gradients
_PER_LOGIT = 8.0  # bytes: the score and its gradient, both in float32
_ELSEWHERE = 0.8e9  # bytes for the libraries and their buffers


class Method(Enum):
    """What is trained: small matrices beside the weights, the same beside weights in 4 bits, or the weights."""

    LORA = "LoRA"
    QLORA = "QLoRA"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a Llama's config decides about memory."""

    parameters: int
    hidden: int
    feed_forward: int
    layers: int
    key_values: int  # units of all key heads together
    queries: int  # units of all heads together
    vocabulary: int

    def lora_parameters(self, rank: int) -> int:
        """Of matrices of this rank beside every linear layer of the blocks."""
        sides = 2 * (self.hidden + self.queries) + 2 * (self.hidden + self.key_values)
        sides += 3 * (self.hidden + self.feed_forward)
        return rank * sides * self.layers


@dataclass(frozen=True, slots=True)
class Estimate:
    """Bytes for each purpose."""

    weights: float
    trained: float
    activations: float

    @property
    def total(self) -> float:
        """All of it, the libraries' own included."""
        return self.weights + self.trained + self.activations + _ELSEWHERE

    def __str__(self) -> str:
        parts = f"weights {gigabytes(self.weights)}, trained part {gigabytes(self.trained)}"
        return f"about {gigabytes(self.total)} ({parts}, activations {gigabytes(self.activations)})"


def estimate(shape: Shape, method: Method, *, rank: int, tokens: int, on_gpu: bool = True) -> Estimate:
    """For `tokens` tokens in one pass; with gradient checkpointing, which keeps one state a layer and token."""
    if method is Method.FULL:
        weights, trained = 0.0, _TRAINED * shape.parameters
    else:
        served = _SMALL_WEIGHT if method is Method.QLORA else _WEIGHT if on_gpu else _WIDE_WEIGHT
        weights, trained = served * shape.parameters, _TRAINED * shape.lora_parameters(rank)
    width = 2.0 if on_gpu else 4.0
    states = width * tokens * shape.hidden * shape.layers
    one_layer = _PER_STATE * tokens * (shape.hidden + shape.feed_forward / 2)
    return Estimate(weights, trained, states + one_layer + _PER_LOGIT * tokens * shape.vocabulary)


def serving(shape: Shape) -> float:
    """Bytes to serve it in bfloat16, without the cache of its answers."""
    return _WEIGHT * shape.parameters


def refuse_too_large(needed: Estimate, available: float, place: str, method: Method) -> None:
    """Raise Unusable, saying what would help, when so many bytes are not there."""
    if needed.total <= available:
        return
    instead = {
        Method.FULL: "Leave out --full: LoRA needs much less",
        Method.LORA: "Shorten --length, take --qlora on an NVIDIA GPU, or a smaller model",
        Method.QLORA: "Shorten --length, or take a smaller model",
    }[method]
    raise Unusable(
        f"This training ({method.value}) needs {needed}, and {gigabytes(available)} are free on {place}. {instead}"
    )


def gigabytes(size: float) -> str:
    """For people."""
    return f"{size / 1e9:.1f} GB" if size >= 5e7 else f"{size / 1e6:.1f} MB"


def shape_of(folder: Path) -> Shape:
    """Of the Llama in a folder, without loading its weights.

    Raises:
        Unusable: it is no Llama's folder, or its weights cannot be read.
    """
    model = look_into(folder)
    config = model.config
    try:
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        per_head = int(config.get("head_dim") or hidden // heads)
        return Shape(
            model.parameters,
            hidden,
            int(config["intermediate_size"]),
            int(config["num_hidden_layers"]),
            per_head * int(config.get("num_key_value_heads") or heads),
            per_head * heads,
            int(config["vocab_size"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise Unusable(f"{folder}/config.json describes no Llama: {exc} is missing or wrong") from exc
