"""The embedder seam: text to unit vectors."""

from collections.abc import Sequence
from typing import Protocol

from retrieval.reading import Reading, Vectors

__all__ = ["Embedder", "Vectors"]


class Embedder(Protocol):
    """Turns passages and questions into unit vectors of one space."""

    @property
    def id(self) -> str:
        """Names the model and its weights; vectors of different ids are never compared."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int:
        """The longest passage in tokens; what is beyond it is not seen."""
        ...

    @property
    def runtime(self) -> str:
        """What computes where, and how precisely; for people."""
        ...

    @property
    def tokens_read(self) -> int:
        """How many tokens it has read so far, special tokens included."""
        ...

    def tokens(self, text: str) -> int:
        """Count the tokens of `text` without special tokens."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages: (n, dim) float32, rows of length 1."""
        ...

    def query(self, text: str) -> Vectors:
        """Embed a question: (dim,) float32, length 1."""
        ...

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Embed passages together with their words."""
        ...

    def read_query(self, text: str) -> Reading:
        """Embed a question together with its words."""
        ...
