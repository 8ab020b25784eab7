"""What a run did and how far it is."""

from dataclasses import dataclass, field
from typing import Protocol

from retrieval.concern import Concern
from retrieval.ledger.runs import Failure


@dataclass(slots=True)
class Report:
    """Counts of one run. `seconds` is wall time, `embedding_seconds` the part of it in which the embedder worked."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: list[Failure] = field(default_factory=list)
    concerns: list[tuple[str, Concern]] = field(default_factory=list)  # with the document's uri
    chunks_embedded: int = 0
    tokens_embedded: int = 0
    embedding_seconds: float = 0.0
    seconds: float = 0.0
    remarks: list[str] = field(default_factory=list)  # what the source says of itself as a whole
    stopped: str = ""  # paused or cancelled: the rest is for the next run

    @property
    def done(self) -> int:
        """Documents that have been dealt with."""
        return self.added + self.updated + self.unchanged + len(self.failed)

    @property
    def tokens_per_second(self) -> float:
        """Over the whole run, reading and storing included."""
        return self.tokens_embedded / self.seconds if self.seconds else 0.0

    @property
    def embedder_busy(self) -> float:
        """Share of the run in which the embedder worked, 0..1: the rest is what it waited for."""
        return self.embedding_seconds / self.seconds if self.seconds else 0.0

    def counts(self) -> dict[str, int]:
        """The numbers that the ledger keeps."""
        return {
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "failed": len(self.failed),
            "chunks_embedded": self.chunks_embedded,
        }


class Progress(Protocol):
    """Is told how far a run is; draws it or not."""

    def at(self, report: Report, total: int) -> None:
        """So much is done, of `total` documents."""
        ...


class NoProgress:
    """Draws nothing."""

    def at(self, report: Report, total: int) -> None:
        """Ignore."""
