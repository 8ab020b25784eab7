"""Passages as a search would find them, for tests of what is made of them."""

from retrieval.chunk import Chunk
from retrieval.passage import Passage


def passage(number: int, *texts: str, title: str = "Annual leave", score: float = 0.9) -> Passage:
    """A numbered passage of neighbouring chunks, one for each text; all were found."""
    uri = f"handbook/{number}.md"
    chunks = tuple(Chunk(f"{number}-{place}", uri, title, (title,), text) for place, text in enumerate(texts))
    return Passage(number, chunks, "everyone", "people@example.com", {chunk.id: score for chunk in chunks})
