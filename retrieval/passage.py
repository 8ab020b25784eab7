"""A passage: a numbered source, made of one chunk or of neighbouring chunks of one document. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    """What an answer may cite as `[number]`. `relevance` is the probability that it helps, 0..1.

    `found` are the ids of those chunks that the search found; the others are neighbours, read for context.
    """

    number: int
    chunks: tuple[Chunk, ...]
    audience: str
    contact: str
    relevance: float
    found: frozenset[str]

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


def passages(groups: Sequence[Sequence[Found]], relevance: Mapping[str, float]) -> list[Passage]:
    """Number groups of neighbouring chunks, best first, from 1. `relevance` is by id of the chunks that were found."""
    best = {id(group): max(relevance.get(one.chunk.id, 0.0) for one in group) for group in groups}
    ranked = sorted(groups, key=lambda group: -best[id(group)])
    return [
        Passage(
            number,
            tuple(one.chunk for one in group),
            group[0].audience,
            group[0].contact,
            best[id(group)],
            frozenset(one.chunk.id for one in group) & relevance.keys(),
        )
        for number, group in enumerate(ranked, start=1)
    ]
