"""A small, quick embedder for tests about everything but embedding: a bag of words, hashed."""

import zlib
from collections.abc import Sequence

import numpy as np

from retrieval.embedder import Vectors
from retrieval.terms import content_terms


class WordEmbedder:
    """Texts that share words are near each other. `embedded` lists the passages it was asked for."""

    id = "words@1"
    dim = 512
    max_tokens = 128

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def tokens(self, text: str) -> int:
        return len(text.split())

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self.query(text) for text in texts]) if texts else np.zeros((0, self.dim), dtype=np.float32)

    def query(self, text: str) -> Vectors:
        vector = np.zeros(self.dim, dtype=np.float32)
        vector[0] = 0.01
        for term in content_terms(text):
            vector[zlib.crc32(term.encode()) % self.dim] += 1.0
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
