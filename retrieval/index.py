"""The dense index seam. Derived from the ledger, rebuildable from it, searched inside a scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.access import Scope
from retrieval.embedder import Vectors


@dataclass(frozen=True, slots=True)
class Row:
    """One chunk in the index; `vector` is (dim,) float32 of length 1."""

    chunk_id: str
    audience: str
    vector: Vectors


@dataclass(frozen=True, slots=True)
class Near:
    """A chunk near the question; `cosine` is in -1..1."""

    chunk_id: str
    cosine: float


class Index(Protocol):
    """Nearest chunks by cosine among the audiences of a scope."""

    @property
    def seq(self) -> int:
        """The newest ledger change that has been applied; 0 in an empty index."""
        ...

    @property
    def rows(self) -> int:
        """How many chunks there are."""
        ...

    @property
    def due(self) -> bool:
        """Whether so much has been applied since the last `save` that another one is worth what it costs."""
        ...

    def apply(self, upserts: Sequence[Row], deletes: Sequence[str], seq: int) -> None:
        """Put these rows in (replacing rows of the same id), take those out, and be at `seq`."""
        ...

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        """The k nearest chunks inside the scope, best first; exact in a small scope, all but exact in a big one."""
        ...

    def clear(self) -> None:
        """Forget every row and be at 0, to be filled again from the ledger."""
        ...

    def save(self) -> None:
        """Make what has been applied survive the process; whole or not at all. Searches go on meanwhile."""
        ...

    def purge(self) -> None:
        """Leave nothing in our files of the rows that were taken out before the last `save`."""
        ...
