"""A small, quick embedder for tests about everything but embedding: a bag of words, hashed."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from retrieval.reading import Reading, Vectors
from retrieval.terms import carries_meaning, content_terms
from retrieval.words import Words, no_words


class WordEmbedder:
    """Texts that share words are near each other. `embedded` lists the passages it was asked for."""

    id = "words@1"
    dim = 512
    max_tokens = 128
    runtime = "counting words"

    def __init__(self) -> None:
        self.embedded: list[str] = []
        self.tokens_read = 0

    def tokens(self, text: str) -> int:
        return len(text.split())

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        self.tokens_read += sum(map(self.tokens, texts))
        return np.stack([self.query(text) for text in texts]) if texts else np.zeros((0, self.dim), dtype=np.float32)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(self.dim, dtype=np.float32)
        vector[0] = 0.01
        for term in content_terms(text):
            vector[zlib.crc32(term.encode()) % self.dim] += 1.0
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def read(self, texts: Sequence[str]) -> list[Reading]:
        return [Reading(vector, self._words(text)) for text, vector in zip(texts, self.passages(texts), strict=True)]

    def read_query(self, text: str) -> Reading:
        return Reading(self.query(text), self._words(text))

    def _words(self, text: str) -> Words:
        spans = [one.span() for one in re.finditer(r"\w+", text) if carries_meaning(one.group())]
        if not spans:
            return no_words(self.dim)
        vectors = np.stack([self.query(text[start:end]) for start, end in spans])
        return Words(np.array(spans, dtype=np.int32), vectors)
