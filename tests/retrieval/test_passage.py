from dataclasses import replace

import pytest

from retrieval import evidence
from retrieval.ledger.lookup import Found
from retrieval.passage import Passage, Place, passages
from tests.stored import chunk

FIRST = chunk("Ten weeks.")
SECOND = chunk("All paid.")
THIRD = chunk("Ask Hana.", "handbook/people.md", "People")
JOINED = Passage(1, (FIRST, SECOND), "everyone", "hana@example.com", {FIRST.id: 0.9, SECOND.id: 0.8})


def found(number: int) -> Found:
    one = (FIRST, SECOND, THIRD)[number]
    return Found(one, number, "everyone", f"contact{number}@example.com")


def test_neighbouring_chunks_are_one_text_with_a_gap() -> None:
    assert JOINED.text == "Ten weeks.\n\nAll paid."


@pytest.mark.parametrize(
    ("start", "end", "place"),
    [
        (0, 10, Place(FIRST, 0, 10)),
        (4, 9, Place(FIRST, 4, 9)),
        (12, 21, Place(SECOND, 0, 9)),
        (16, 20, Place(SECOND, 4, 8)),
    ],
)
def test_a_span_is_placed_in_the_chunk_that_holds_it(start: int, end: int, place: Place) -> None:
    assert JOINED.place(start, end) == place


def test_a_placed_span_is_the_same_text_in_the_chunk() -> None:
    place = JOINED.place(16, 20)
    assert place.chunk.text[place.start : place.end] == JOINED.text[16:20] == "paid"


def test_a_span_that_runs_over_ends_with_its_chunk() -> None:
    assert JOINED.place(4, 15) == Place(FIRST, 4, 10)


def test_a_place_after_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="the passage has 21 characters, none at 30"):
        JOINED.place(30, 31)


def test_passages_are_numbered_from_one_by_score() -> None:
    made = passages([[found(0)], [found(1)], [found(2)]], {FIRST.id: 0.25, SECOND.id: 0.75, THIRD.id: 0.5})
    assert [(one.number, one.text, *one.found.values()) for one in made] == [
        (1, "All paid.", 0.75),
        (2, "Ask Hana.", 0.5),
        (3, "Ten weeks.", 0.25),
    ]


def test_a_passage_is_named_after_its_first_chunk() -> None:
    group = [found(2), replace(found(0), contact="other@example.com")]
    made = passages([group], {THIRD.id: 0.5})[0]
    assert (made.uri, made.title, made.contact) == ("handbook/people.md", "People", "contact2@example.com")


def test_a_passage_knows_which_of_its_chunks_were_found() -> None:
    made = passages([[found(0), found(1)]], {SECOND.id: 0.6})[0]
    assert made.found == {SECOND.id: 0.6}
    assert made.relevance == evidence.relevance(0.6)
