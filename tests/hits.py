"""Hits as a search would find them, for tests of what is chosen from them."""

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.chunk import Chunk
from retrieval.document import NO_FACTS, Facts
from retrieval.ledger.lookup import Found


@dataclass(frozen=True)
class Hit:
    """A chunk and its score."""

    found: Found
    score: float


def hit(uri: str, text: str = "", score: float = 0.5, title: str = "", facts: Facts = NO_FACTS) -> Hit:
    """A chunk of a document with these facts; the title is the uri unless one is given."""
    chunk = Chunk(f"{uri}:{text}", uri, title or uri, (), text or f"What {uri} says.")
    return Hit(Found(chunk, 0, "everyone", "", facts), score)


def uris(hits: Iterable[Hit]) -> list[str]:
    """The documents of the hits, in their order."""
    return [one.found.chunk.uri for one in hits]
