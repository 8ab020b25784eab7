"""A passage: a numbered source, made of one chunk or of neighbouring chunks of one document. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval import evidence
from retrieval.chunk import Chunk
from retrieval.ledger.lookup import Found

_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start` to `end` of one chunk's text."""

    chunk: Chunk
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What an answer may cite as `[number]`.

    `found` are the scores of those chunks that the search found, by id; the others are neighbours, read for context.
    """

    number: int
    chunks: tuple[Chunk, ...]
    audience: str
    contact: str
    found: Mapping[str, float]

    @property
    def relevance(self) -> float:
        """The probability that it helps, 0..1."""
        return evidence.relevance(max(self.found.values()))

    @property
    def text(self) -> str:
        """The chunks' text, in the document's order."""
        return _GAP.join(chunk.text for chunk in self.chunks)

    @property
    def uri(self) -> str:
        """The document."""
        return self.chunks[0].uri

    @property
    def title(self) -> str:
        """The document's title."""
        return self.chunks[0].title

    @property
    def heading(self) -> str:
        """The headings above the first chunk."""
        return self.chunks[0].heading

    def place(self, start: int, end: int) -> Place:
        """Where characters of the passage stand in its chunks; a span must lie inside one chunk."""
        offset = 0
        for chunk in self.chunks:
            if start < offset + len(chunk.text):
                return Place(chunk, start - offset, min(end - offset, len(chunk.text)))
            offset += len(chunk.text) + len(_GAP)
        raise ValueError(f"the passage has {len(self.text)} characters, none at {start}")


def passages(groups: Sequence[Sequence[Found]], scores: Mapping[str, float]) -> list[Passage]:
    """Number groups of neighbouring chunks, best first, from 1. `scores` are by id of the chunks that were found."""
    found = [{one.chunk.id: scores[one.chunk.id] for one in group if one.chunk.id in scores} for group in groups]
    ranked = sorted(zip(groups, found, strict=True), key=lambda pair: -max(pair[1].values()))
    return [
        Passage(number, tuple(one.chunk for one in group), group[0].audience, group[0].contact, of_group)
        for number, (group, of_group) in enumerate(ranked, start=1)
    ]
