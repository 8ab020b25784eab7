"""What of a finding is told: each passage, quote and title where it belongs."""

from app.events import Near
from app.told import citation_of, closest, source_of
from retrieval.search import Finding, Hit
from tests.hits import hit
from tests.passages import passage

LEAVE = passage(2, "Every employee has 27 days.", "Leave is booked in Meadow.", score=0.123456)


def finding(*uris: str) -> Finding:
    found = (hit(uri, f"{number}").found for number, uri in enumerate(uris))
    return Finding(tuple(Hit(one, 0.5, 1.0, 0.5) for one in found), (), 0.1)


def test_a_source_keeps_the_passages_number_and_opens_its_first_chunk() -> None:
    source = source_of(LEAVE)
    assert (source.number, source.uri, source.title, source.heading) == (
        2,
        "handbook/2.md",
        "Annual leave",
        "Annual leave",
    )
    assert (source.text, source.chunk) == ("Every employee has 27 days.\n\nLeave is booked in Meadow.", "2-0")
    assert source.relevance == round(LEAVE.relevance, 4)


def test_a_citation_is_verbatim_and_names_the_chunk_it_stands_in() -> None:
    start = LEAVE.text.index("booked")
    found = citation_of(LEAVE, start, start + len("booked in Meadow"))
    assert (found.number, found.quote, found.chunk) == (2, "booked in Meadow", "2-1")
    assert LEAVE.chunks[1].text[found.start : found.end] == "booked in Meadow"


def test_the_closest_are_three_documents_best_first_each_once() -> None:
    assert closest(finding("a", "b", "a", "c", "d")) == (
        Near("a", "a", "a:0"),
        Near("b", "b", "b:1"),
        Near("c", "c", "c:3"),
    )
    assert closest(finding()) == ()
