"""What of a finding is told: its passages, quotes and nearest titles as they stand in events. Pure."""

from collections.abc import Mapping, Sequence, Set

from app.answerer import Answering, Piece, Quote
from app.events import Citation, Near, Source
from app.grounding import cited, claim_of, support
from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.search import Finding

_CLOSEST_TITLES = 3


def source_of(passage: Passage) -> Source:
    """A passage as a numbered source."""
    return Source(
        passage.number,
        passage.uri,
        passage.title,
        passage.heading,
        passage.text,
        round(passage.relevance, 4),
        passage.chunks[0].id,
    )


def citation_of(passage: Passage, start: int, end: int) -> Citation:
    """Characters `start` to `end` of a passage as a citation."""
    place = passage.place(start, end)
    return Citation(
        passage.number,
        passage.uri,
        passage.title,
        passage.text[start:end],
        place.chunk.anchor_at(place.start),
        place.chunk.id,
        place.start,
        place.end,
        round(passage.relevance, 4),
    )


def closest(finding: Finding) -> tuple[Near, ...]:
    """The documents that came nearest, best first, each once."""
    near: dict[str, Near] = {}
    for hit in finding.hits:
        near.setdefault(hit.chunk.uri, Near(hit.chunk.title, hit.chunk.uri, hit.chunk.id))
    return tuple(near.values())[:_CLOSEST_TITLES]


def citations_written(answer: str, numbered: Mapping[int, Passage], quoted: Set[int]) -> list[Citation]:
    """The sources that an answer's own words cite, beside those that it quotes, with the sentences that bear them."""
    return [
        citation_of(numbered[number], *support(claim_of(answer, number), numbered[number]))
        for number in cited(answer)
        if number in numbered and number not in quoted
    ]


def word_for_word(passages: Sequence[Passage]) -> Answering:
    """An answer that somebody approved is given as it stands."""
    pieces = [
        piece
        for passage in passages
        for piece in (Piece(passage.text, Quote(passage.number, 0, len(passage.text))), Piece(f" [{passage.number}]"))
    ]
    return Answering(tuple(passages), TokenUse(), iter(pieces))
