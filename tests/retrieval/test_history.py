"""Which turns are given word for word, which as a summary, and when they are summed up; counted by hand."""

from collections.abc import Sequence

import pytest

from retrieval.history import FULL, SHARE, chosen, older
from retrieval.prompt import EARLIER, Message
from retrieval.rewrite import Turn

ROOM = 400  # the history may have 100
TURNS = [Turn(f"q{n:02}", "a" * 17) for n in range(10)]  # 20 tokens each


class Letters:
    """Counts one token a character."""

    window = ROOM

    def count(self, conversation: Sequence[Message]) -> int:
        return sum(len(message.text) for message in conversation)


def gist(length: int, covers: int = 6) -> Turn:
    """A summary that takes so many tokens."""
    return Turn("", "s" * (length - len(EARLIER) - 1), covers)


def test_the_share_is_what_these_sums_rest_on() -> None:
    assert (SHARE, FULL) == (0.25, 0.75)


def test_all_turns_are_given_word_for_word_while_they_fit() -> None:
    assert chosen(TURNS[:5], Letters(), ROOM) == TURNS[:5]
    assert chosen([gist(90), *TURNS[:5]], Letters(), ROOM) == TURNS[:5]


def test_without_a_summary_the_oldest_are_left_out() -> None:
    assert chosen(TURNS, Letters(), ROOM) == TURNS[5:]


def test_a_summary_takes_its_part_of_the_share_and_the_newest_turns_the_rest() -> None:
    summary = gist(70)
    assert chosen([summary, *TURNS], Letters(), ROOM) == [summary, TURNS[9]]


def test_a_summary_that_is_larger_than_the_share_is_left_out() -> None:
    assert chosen([gist(101), *TURNS], Letters(), ROOM) == TURNS[5:]


@pytest.mark.parametrize(("turns", "old"), [(3, 0), (4, 3), (5, 4), (6, 4), (10, 8)])
def test_from_three_quarters_on_all_but_the_newest_fifth_is_summed_up(turns: int, old: int) -> None:
    assert older(TURNS[:turns], Letters(), ROOM) == TURNS[:old]


def test_a_summary_goes_into_the_next_one() -> None:
    summary = gist(70)
    assert older([summary, *TURNS[:2]], Letters(), ROOM) == [summary, TURNS[0]]
    assert older([summary, TURNS[0]], Letters(), ROOM) == []  # nothing new would be in it


def test_no_turns_need_nothing() -> None:
    assert (chosen([], Letters(), ROOM), older([], Letters(), ROOM)) == ([], [])
