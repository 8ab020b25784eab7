"""The words of a text with their vectors in context, and how well a text covers a question's words. Pure.

Late interaction as in ColBERT (Khattab and Zaharia, SIGIR 2020), with whole words that carry meaning in place of
tokens, and the question's words weighed by rarity: a rare word that nothing in the text is near to costs most.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.terms import carries_meaning

Spans = NDArray[np.int32]
_LONGEST = 65_535  # characters that a stored span can count
_DIGITS = 5  # of base 3 in a byte: 3 ** 5 = 243
_POWERS = 3 ** np.arange(_DIGITS)
_SIGNS = ((np.arange(3**_DIGITS)[:, None] // _POWERS) % 3 - 1).astype(np.float32)  # byte to five of -1, 0, 1
_NEAR_ZERO = 0.5  # of a vector's root mean square: what is nearer to 0 becomes 0


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the text's order: `spans` (n, 2) are their characters, `vectors` (n, dim) float32 have length 1."""

    spans: Spans
    vectors: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.spans)


def no_words(dim: int) -> Words:
    """What a text without words has, and every text for a model that does not show its tokens."""
    return Words(np.zeros((0, 2), dtype=np.int32), np.zeros((0, dim), dtype=np.float32))


class Encoding(Protocol):
    """What a tokenizer says of a text: the word of each token (none for its own marks) and the token's characters."""

    @property
    def word_ids(self) -> Sequence[int | None]:
        """Per token."""
        ...

    @property
    def offsets(self) -> Sequence[tuple[int, int]]:
        """Per token."""
        ...


def grouped(text: str, encoding: Encoding, tokens: NDArray[np.float32], prompt: int = 0) -> Words:
    """Words that carry meaning, or all when none does; a word's vector is the mean of its tokens' (tokens, dim).

    The first `prompt` characters of the text are the model's, not the author's: their words do not count.
    """
    offsets = encoding.offsets  # the tokenizer makes a new list each time it is asked
    rows: dict[int, tuple[int, int]] = {}  # word to its first and last token
    for row, (word, (start, _)) in enumerate(zip(encoding.word_ids, offsets, strict=True)):
        if word is not None and start >= prompt:
            rows[word] = (rows.get(word, (row, row))[0], row)
    spans = [(offsets[first][0], offsets[last][1]) for first, last in rows.values()]
    places = [place for place, (start, end) in enumerate(spans) if any(map(str.isalnum, text[start:end]))]
    places = [place for place in places if carries_meaning(text[slice(*spans[place])])] or places
    if not places:
        return no_words(tokens.shape[1])
    ends = np.array(list(rows.values()), dtype=np.intp)[places] + np.array((0, 1), dtype=np.intp)
    below = np.concatenate([tokens, np.zeros((1, tokens.shape[1]), dtype=np.float32)])
    vectors = np.add.reduceat(below, ends.ravel())[::2]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-12
    return Words(np.array(spans, dtype=np.int32)[places] - prompt, vectors)


def packed(words: Words) -> bytes:
    """For keeping: spans as two 16-bit numbers, each number of a vector as its sign or 0, five in a byte.

    A chunk takes about 80 bytes a word; ranking by packed vectors was as good as by full ones (docs/decisions.md).
    """
    kept = words.spans[:, 1] <= _LONGEST
    vectors = words.vectors[kept]
    large = np.abs(vectors) > _NEAR_ZERO * np.sqrt((vectors**2).mean(axis=1, keepdims=True))
    digits = np.where(large, np.sign(vectors), 0).astype(np.int16) + 1
    digits = np.pad(digits, ((0, 0), (0, -digits.shape[1] % _DIGITS)), constant_values=1)
    codes = (digits.reshape(len(digits), digits.shape[1] // _DIGITS, _DIGITS) @ _POWERS).astype(np.uint8)
    return words.spans[kept].astype("<u2").tobytes() + codes.tobytes()


def unpacked(data: bytes, dim: int) -> Words:
    """What `packed` kept; vectors have length 1 again."""
    width = -(-dim // _DIGITS)
    count = len(data) // (4 + width)
    spans = np.frombuffer(data, dtype="<u2", count=2 * count).reshape(count, 2).astype(np.int32)
    codes = np.frombuffer(data, dtype=np.uint8, offset=4 * count).reshape(count, width)
    vectors = _SIGNS[codes].reshape(count, width * _DIGITS)[:, :dim]
    lengths = np.sqrt(np.maximum(1, np.count_nonzero(vectors, axis=1, keepdims=True)))
    return Words(spans, np.asarray(vectors / lengths, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's vector (dim,), its words, and their weights (words,), which sum to 1."""

    vector: NDArray[np.float32]
    words: Words
    weights: NDArray[np.float32]

    def cosines(self, text: Words) -> NDArray[np.float32]:
        """Of each of the question's words with each of the text's: (asked, words)."""
        return np.asarray(self.words.vectors @ text.vectors.T, dtype=np.float32)

    def interaction(self, text: Words) -> float:
        """How well the text covers the question, -1..1: 0 where one of them has no words."""
        return self.covered(self.cosines(text))

    def covered(self, cosines: NDArray[np.float32]) -> float:
        """The same from cosines (asked, words): each of the question's words by the nearest one, weighed."""
        return float(cosines.max(axis=1) @ self.weights) if cosines.size else 0.0


def asked(vector: NDArray[np.float32], words: Words, rarity: Iterable[float]) -> Asked:
    """A question whose words weigh as much as each is rare; all the same where nothing is known of them."""
    weights = np.fromiter(rarity, dtype=np.float32, count=len(words))
    weights = weights if weights.any() else np.ones_like(weights)
    return Asked(vector, words, weights / max(float(weights.sum()), 1e-6))
