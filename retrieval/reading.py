"""Reading texts with a model: each one's vector, and its words with theirs."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.batches import Ids, batches, padded
from retrieval.words import Words, grouped

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = NDArray[np.float32]
# Token ids and mask, each (n, tokens), to the texts' vectors (n, dim) and their tokens' (n, tokens, dim).
Inference = Callable[[Ids, Ids], tuple[Vectors, Vectors]]
Found = dict[int, "Reading"]
# Does the work for each batch: Python's `map`, or one that does several at a time.
Mapper = Callable[[Callable[[list[int]], Found], list[list[int]]], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text's vector (dim,) float32 of length 1, and its words; a model that hides its tokens finds no words."""

    vector: Vectors
    words: Words


def readings(
    texts: Sequence[str], prompt: str, tokenizer: "Tokenizer", most: int, infer: Inference, each: Mapper = map
) -> list[Reading]:
    """Read all texts, `most` tokens at a time; the model's `prompt` stands before each and is not read as words."""
    prompted = [prompt + text for text in texts]
    encoded = tokenizer.encode_batch(prompted)

    def read(batch: list[int]) -> Found:
        vectors, tokens = infer(*padded([encoded[place].ids for place in batch]))
        return {
            place: Reading(vector, grouped(prompted[place], encoded[place], of_text, len(prompt)))
            for place, vector, of_text in zip(batch, unit(vectors), tokens, strict=True)
        }

    found: Found = {}
    for of_batch in each(read, list(batches([len(one.ids) for one in encoded], most))):
        found |= of_batch
    return [found[place] for place in range(len(texts))]


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows (n, dim) brought to length 1; rounding to half precision leaves them off by up to 0.4 %."""
    floats = np.asarray(vectors, dtype=np.float32)
    return np.asarray(floats / np.linalg.norm(floats, axis=1, keepdims=True), dtype=np.float32)
