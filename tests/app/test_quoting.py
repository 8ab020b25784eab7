"""The quoting answerer: the best supporting sentences, word for word. The rest: tests/contracts/test_answerer.py."""

import pytest

from app.answerer import Piece, Quote
from app.bootstrap import Home
from app.quoting import LONGEST_QUESTION, QuotingAnswerer
from retrieval.errors import QuestionRefused
from retrieval.passage import Passage
from tests.passages import passage

LEAVE = passage(1, "Leave is booked in Meadow. Every employee has 27 days of annual leave. Ask early.", title="Leave")
BADGES = passage(2, "A lost badge is blocked by calling the guard. New badges take an hour to make.", title="Badges")

NAMES = [
    f"{job} {level}" for job in ("Engineer", "Accountant", "Designer", "Lawyer") for level in ("I", "II", "III", "IV")
]


@pytest.fixture
def quoting(home: Home) -> QuotingAnswerer:
    return QuotingAnswerer(home.retriever)


def answer(quoting: QuotingAnswerer, question: str, *given: Passage) -> str:
    return "".join(piece.text for piece in quoting.begin(question, question, given, []).pieces)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How many days of annual leave does an employee have?", "Every employee has 27 days of annual leave. [1]"),
        ("How is a lost badge blocked?", "A lost badge is blocked by calling the guard. [2]"),
    ],
)
def test_the_sentence_that_answers_is_quoted_with_its_number(
    quoting: QuotingAnswerer, question: str, expected: str
) -> None:
    assert expected in answer(quoting, question, LEAVE, BADGES)


def test_a_quote_knows_its_place(quoting: QuotingAnswerer) -> None:
    pieces = list(quoting.begin("", "How is a lost badge blocked?", [LEAVE, BADGES], []).pieces)
    assert pieces[:2] == [
        Piece("A lost badge is blocked by calling the guard.", Quote(2, 0, 45)),
        Piece(" [2]"),
    ]


def test_the_standalone_question_decides(quoting: QuotingAnswerer) -> None:
    pieces = quoting.begin("And when?", "How is a lost badge blocked? And when?", [LEAVE, BADGES], []).pieces
    assert "badge" in next(pieces).text


def test_the_same_sentence_is_not_quoted_twice(quoting: QuotingAnswerer) -> None:
    again = passage(3, BADGES.text, title="Badges, copied")
    text = answer(quoting, "How is a lost badge blocked?", BADGES, again)
    assert text.count("A lost badge is blocked by calling the guard.") == 1


def test_the_longest_question_is_taken_and_one_character_more_is_not(quoting: QuotingAnswerer) -> None:
    quoting.check("x" * LONGEST_QUESTION)
    with pytest.raises(QuestionRefused, match="The question has 8,001 characters; 8,000 are the most. Please shorten"):
        quoting.check("x" * (LONGEST_QUESTION + 1))


def test_a_sentence_that_ends_in_a_colon_comes_with_its_table_and_nothing_comes_twice(
    quoting: QuotingAnswerer,
) -> None:
    # "The basic entitlement is:" was once all that a question about annual leave got.
    table = "Office | Days\nLeeds | 27\nHamburg | 30"
    text = f"Leave follows the calendar year.\n\nAnnual leave in days is:\n\n{table}\n\nAsk Meadow."
    answering = quoting.begin(
        "How many days of annual leave?", "How many days of annual leave?", [passage(1, text)], []
    )
    answer = "".join(piece.text for piece in answering.pieces)
    assert f"Annual leave in days is:\n\n{table}" in answer
    assert answer.count("Leeds | 27") == 1


def test_rows_of_one_table_stand_together_also_from_two_chunks(quoting: QuotingAnswerer) -> None:
    # Each chunk of a long table repeats its header, and so did the answer.
    header = "Grade | Office | Lowest salary"
    table = passage(1, f"{header}\nG4 | Leeds | 38,200", f"{header}\nG5 | Leeds | 49,700", title="Salary bands")
    said = answer(quoting, "What is the lowest salary of a grade in Leeds?", table)
    assert said == f"{header}\nG4 | Leeds | 38,200\nG5 | Leeds | 49,700 [1]"


def test_a_short_row_answers_and_rows_of_other_codes_stay_away(quoting: QuotingAnswerer) -> None:
    # "G6 | 12%" was too short to be quoted; the other grades' rows were, and read like the answer.
    bonus = passage(1, "Grade | Bonus\nG1 to G3 | 4%\nG4 and G5 | 8%\nG6 | 12%\nG7 and G8 | 18%", title="Bonus plan")
    assert answer(quoting, "How high is the bonus of a G6?", bonus) == "Grade | Bonus\nG6 | 12% [1]"


def test_a_table_of_which_no_row_was_meant_is_quoted_whole(quoting: QuotingAnswerer) -> None:
    table = "Grade | Bonus\n" + "\n".join(f"{name} | {bonus}%" for bonus, name in enumerate(NAMES[:8], 4))
    assert answer(quoting, "How high is the bonus of each grade?", passage(1, table)) == f"{table} [1]"


def test_of_a_long_table_the_best_rows_are_quoted(quoting: QuotingAnswerer) -> None:
    table = "Grade | Bonus\n" + "\n".join(f"{name} | {bonus}%" for bonus, name in enumerate(NAMES, 4))
    said = answer(quoting, "How high is the bonus of each grade?", passage(1, table))
    assert said.startswith("Grade | Bonus\n")
    assert said.count("\n") == 3


def test_a_question_that_somebody_asked_is_no_answer(quoting: QuotingAnswerer) -> None:
    text = "Sam: Where are the spare monitor arms?\nNoor: In the post room, on the bottom shelf."
    answering = quoting.begin("", "Where are the spare monitor arms?", [passage(1, text)], [])
    assert "".join(piece.text for piece in answering.pieces) == "Noor: In the post room, on the bottom shelf. [1]"


def test_the_sentence_that_answers_leads_even_when_another_quote_stands_before_it(quoting: QuotingAnswerer) -> None:
    text = (
        "A mileage rate is paid for a private car.\n\nClaims are sent in by the end of the month.\n\n"
        "The mileage rate for a private car is 45 pence per mile."
    )
    said = answer(quoting, "What is the mileage rate per mile for a private car?", passage(1, text, title="Mileage"))
    assert said.startswith("The mileage rate for a private car is 45 pence per mile. [1]\n\nA mileage rate is paid")
