"""Answers tied to their sources: what counts as verbatim, what as cited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluation.attribution import Attribution, attribution, carries_citation, holds, normalised
from tests.app.evaluation.evaluations import BADGES, LEAVE, SOURCES, citation

FIRST, SECOND = "Every employee has 27 days of annual leave.", "Leave is booked in Meadow."


def test_a_quote_is_verbatim_in_the_source_that_its_number_opens() -> None:
    found = attribution(f"{FIRST} [1]\n\n{BADGES} [2]", [citation(1, FIRST), citation(2, BADGES)], SOURCES)
    assert found == Attribution(quotes=2, verbatim=2, statements=2, cited=2)


@pytest.mark.parametrize(
    "wrong",
    [
        citation(2, FIRST),
        citation(3, FIRST),
        citation(1, "Every employee has 28 days of annual leave."),
        citation(1, ""),
    ],
    ids=["another source", "no such source", "other words", "no words"],
)
def test_a_quote_that_does_not_stand_there_is_not_verbatim(wrong: object) -> None:
    found = attribution(f"{FIRST} [1]", [citation(1, FIRST), wrong], SOURCES)  # type: ignore[list-item]
    assert (found.quotes, found.verbatim) == (2, 1)


@given(st.integers(0, len(LEAVE) - 2), st.integers(1, len(LEAVE)))
def test_every_part_of_a_source_is_verbatim(start: int, length: int) -> None:
    quote = LEAVE[start : start + length]
    assert attribution(f"{quote} [1]", [citation(1, quote)], SOURCES).verbatim == 1


def test_a_number_counts_before_and_behind_the_full_stop() -> None:
    assert carries_citation("You have 27 days [1]. You book them in Meadow. [1]", []) == [True, True]


def test_a_sentence_without_a_number_carries_none() -> None:
    assert carries_citation("You have 27 days. You book them in Meadow [1]. Enjoy them!", []) == [False, True, False]


def test_one_number_behind_a_quote_of_two_sentences_counts_for_both() -> None:
    quote = f"{FIRST} {SECOND}"
    assert carries_citation(f"{quote} [1]", [citation(1, quote)]) == [True, True]


def test_a_quote_without_its_number_behind_it_is_not_cited() -> None:
    assert carries_citation(f"{BADGES} [2]\n\n{FIRST}", [citation(2, BADGES), citation(1, FIRST)]) == [True, False]


def test_several_numbers_in_one_bracket_count() -> None:
    assert carries_citation("You have 27 days [1, 2].", []) == [True]


def test_support_is_compared_without_marks_and_white_space() -> None:
    assert normalised("*  The **form**  is [here](https://x) |  “now” ") == 'The form is here | "now"'
    assert holds(["Nothing.", "All have **27 days**  of leave."], "All have 27 days of leave.")
    assert not holds(["All have 28 days of leave."], "All have 27 days of leave.")
