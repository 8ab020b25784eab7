import pytest

from retrieval.rewrite import Turn, leans_on_history, standalone

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
