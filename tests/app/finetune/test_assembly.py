from collections.abc import Sequence
from random import Random

import pytest

from app.bootstrap import Home
from app.finetune.assembly import Assembly, Case, Uncounted, Unfit
from app.finetune.citing import quoting, refusing
from retrieval.access import PUBLIC
from retrieval.budget import TokenCounter
from retrieval.passage import Passage
from retrieval.prompt import REFUSAL, Message, messages
from retrieval.rewrite import Turn

LEAVE = "handbook/leave.md"
SAYS = "Every employee has 27 days of annual leave. You may take them in half days."
QUESTION = "How many days of annual leave does every employee have?"
CASE = Case(QUESTION, "template", quoting((SAYS,), LEAVE), (LEAVE,))


class WordCounter:
    """Counts words."""

    def __init__(self, window: int) -> None:
        self.window = window

    def count(self, conversation: Sequence[Message]) -> int:
        return sum(len(message.text.split()) for message in conversation)


def assembly(home: Home, counter: TokenCounter | None = None) -> Assembly:
    return Assembly(home.desk, PUBLIC, counter or Uncounted(), 0)


def test_the_prompt_is_the_one_of_run_time(company: Home) -> None:
    example = assembly(company).example(CASE, frozenset())
    found = company.retriever.find(QUESTION, PUBLIC, 8).passages
    assert list(example.messages) == messages(QUESTION, found, ())
    assert [one.text for one in example.passages] == [passage.text for passage in found]
    assert (example.kind, example.answer, example.supports) == ("answer", f"{SAYS} [1]", (1,))


def test_a_closed_document_is_never_shown(company: Home) -> None:
    with pytest.raises(Unfit, match="its source was not among those found"):
        assembly(company).example(CASE, frozenset([LEAVE]))


def test_a_refusal_withholds_its_document_or_its_passage(company: Home) -> None:
    apart = Case(QUESTION, "template", refusing, (LEAVE,), (), (SAYS,), frozenset([LEAVE]))
    without = Case(QUESTION, "template", refusing, (LEAVE,), (), (SAYS,))
    for case, others in ((apart, False), (without, True)):
        example = assembly(company).example(case, frozenset())
        assert (example.kind, example.answer, example.supports) == ("refusal", REFUSAL, ())
        assert SAYS not in example.messages[1].text
        assert (LEAVE in {one.uri for one in example.passages}) == others
        assert [one.number for one in example.passages] == list(range(1, len(example.passages) + 1))


def test_no_refusal_is_made_where_another_source_says_it_too(company: Home) -> None:
    said_elsewhere = "every employee leave book Meadow days"
    with pytest.raises(Unfit, match="another source says it too"):
        assembly(company).example(Case(QUESTION, "template", refusing, (), (), (said_elsewhere,)), frozenset())


def test_a_follow_up_has_its_history_in_the_prompt_and_is_searched_with_it(company: Home) -> None:
    turns = (Turn(QUESTION, f"{SAYS} [1]"),)
    quote = "Book your leave in Meadow at least 5 working days ahead."
    example = assembly(company).example(
        Case("And how do I book it?", "template", quoting((quote,), LEAVE), (LEAVE,), turns), frozenset()
    )
    assert [message.text for message in example.messages[3:]] == [QUESTION, f"{SAYS} [1]", "And how do I book it?"]
    assert (example.kind, example.answer[:-4]) == ("follow-up", quote)


def test_sources_in_another_order_keep_their_right_numbers(company: Home) -> None:
    numbers = set()
    for seed in range(12):
        example = assembly(company).example(CASE, frozenset(), Random(seed))
        (number,) = example.supports
        assert SAYS in next(one.text for one in example.passages if one.number == number)
        assert f"[{number}]" in example.messages[1].text
        numbers.add(number)
    assert len(numbers) > 1


def test_a_prompt_fits_the_window_and_is_left_out_where_its_source_does_not(company: Home) -> None:
    whole = WordCounter(10_000).count(assembly(company).example(CASE, frozenset()).messages)
    small = assembly(company, WordCounter(whole - 20)).example(CASE, frozenset())
    assert WordCounter(0).count(small.messages) <= whole - 20
    with pytest.raises(Unfit, match="too long for the window"):
        assembly(company, WordCounter(40)).example(CASE, frozenset())


def test_nothing_found_is_told(company: Home) -> None:
    everything = frozenset(hit.chunk.uri for hit in company.retriever.search(QUESTION, PUBLIC, 50))
    with pytest.raises(Unfit, match="nothing was found"):
        assembly(company).example(Case(QUESTION, "file", refusing), everything)


def never(_: Sequence[Passage]) -> None:
    """Cites nothing."""


def test_an_answer_without_a_source_is_told(company: Home) -> None:
    with pytest.raises(Unfit, match="its source was not found"):
        assembly(company).example(Case(QUESTION, "file", never), frozenset())
