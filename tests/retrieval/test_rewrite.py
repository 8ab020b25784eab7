import pytest

from retrieval.prompt import CLARIFY, REFUSAL
from retrieval.rewrite import Turn, context, leans_on_history, standalone

LEAVE = Turn("How many days of parental leave do fathers get in Germany?", "Six weeks.")
TRAVEL = Turn("Which class may I book on long flights to Columbus?", "Premium economy.")


@pytest.mark.parametrize(
    "question",
    [
        "And in Portugal?",
        "What about contractors?",
        "Is it paid in full?",
        "Do they have to tell their manager before then?",
        "How long?",
        "Why?",
        "And what can I do if I think mine is unfair?",
        "I only work half days, does that matter?",
    ],
)
def test_a_question_that_points_back_leans_on_the_conversation(question: str) -> None:
    assert leans_on_history(question)


@pytest.mark.parametrize(
    "question",
    [
        "How many days of annual leave do employees in Leeds get per year?",
        "Who approves an expense claim above 500 euros?",
        "Which hotels may I book in Hamburg during the trade fair?",
        "Something else: is it allowed?",
        "By the way, who are they?",
    ],
)
def test_a_question_that_names_its_topic_stands_alone(question: str) -> None:
    assert not leans_on_history(question)


def test_a_follow_up_is_asked_with_the_question_before() -> None:
    assert standalone("And in Portugal?", [TRAVEL, LEAVE]) == f"{LEAVE.question} And in Portugal?"


def test_a_follow_up_to_a_follow_up_reaches_the_topic() -> None:
    turns = [TRAVEL, LEAVE, Turn("And in Portugal?", "Four weeks.")]
    assert standalone("Is it paid?", turns) == f"{LEAVE.question} And in Portugal? Is it paid?"


def test_a_question_that_stands_alone_stays_as_it_is() -> None:
    question = "Who approves an expense claim above 500 euros?"
    assert standalone(question, [LEAVE, TRAVEL]) == question


def test_without_a_conversation_nothing_is_put_in_front() -> None:
    assert standalone("And in Portugal?", []) == "And in Portugal?"


def test_the_search_also_takes_the_beginning_of_the_last_answer() -> None:
    long = Turn("How much is the meal allowance?", "The per diem is 42 euros. " + "word " * 100)
    said = context("And in London?", [LEAVE, long])
    assert (said.startswith("The per diem is 42 euros. word"), len(said.split())) == (True, 60)


@pytest.mark.parametrize("answer", [f"{REFUSAL} Please ask Hana.", f"{CLARIFY} Which one do you mean: A, B?"])
def test_an_answer_that_quoted_nothing_is_not_searched_with(answer: str) -> None:
    assert context("And in London?", [Turn(LEAVE.question, answer)]) == ""


def test_a_question_that_stands_alone_is_searched_alone() -> None:
    assert context("Who approves an expense claim above 500 euros in Hamburg?", [LEAVE]) == ""


def test_a_question_that_nothing_is_near_to_leans_on_the_conversation() -> None:
    question = "can I tack on a few days for myself?"
    assert (leans_on_history(question, 0.38), leans_on_history(question, 0.6)) == (True, False)
    assert standalone(question, [TRAVEL], 0.38) == f"{TRAVEL.question} {question}"
    assert standalone(question, [TRAVEL], 0.6) == question
