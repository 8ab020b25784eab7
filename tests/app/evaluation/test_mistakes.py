"""The questions that went worst: of which kind each is, in which order, and what is told."""

from dataclasses import replace

from app.evaluate import Result
from app.evaluation.mistakes import Kind, mistakes, place_of
from retrieval.rewrite import Turn
from tests.app.evaluation.evaluations import QUOTED, evaluation, query, refused, result

FAR = ("d1", "d2", "d3", "d4", "d5", "leave")
QRELS = {"1": {"leave": 1}, "2": {"leave": 1}}


def kinds(*results: Result) -> dict[Kind, list[str]]:
    found = mistakes(evaluation(*results, qrels=QRELS))
    return {kind: [one.question for one in some] for kind, some in found.items() if some}


def test_what_went_well_is_no_mistake() -> None:
    well = result(query("1", support="Every employee has 27 days of annual leave."), "badges", "leave")
    rightly_refused = result(query("9", answerable=False), outcome=refused())
    assert kinds(well, rightly_refused) == {}


def test_a_document_that_was_not_found_is_worse_than_one_found_late() -> None:
    late, never = result(query("1"), *FAR), result(query("2"), "badges")
    assert kinds(late, never) == {Kind.NOT_FOUND: ["Question 2?", "Question 1?"]}


def test_the_surest_wrong_answer_comes_first() -> None:
    results = [result(query(id_, answerable=False), sureness=sure) for id_, sure in (("8", 0.6), ("9", 0.8))]
    assert kinds(*results) == {Kind.WRONG_ANSWER: ["Question 9?", "Question 8?"]}


def test_a_question_stands_under_its_first_kind_only() -> None:
    both = result(query("1"), "badges", outcome=refused(), sureness=0.1)
    assert kinds(both) == {Kind.NOT_FOUND: ["Question 1?"]}


def test_a_false_refusal_tells_how_sure_we_were() -> None:
    found = mistakes(evaluation(result(query("1"), "leave", outcome=refused(), sureness=0.25), qrels=QRELS))
    (told,) = found[Kind.FALSE_REFUSAL]
    assert (told.expected, told.found, told.said) == ("Annual leave", ("Annual leave",), "")
    assert told.explanation == (
        "Sureness that the passages answer: 0.25; the threshold is 0.5. The right document is at place 1."
    )


def test_an_answer_without_the_sentence_tells_whether_it_was_read() -> None:
    read = result(query("1", support="Leave is booked in Meadow."), "leave")
    unread = result(query("2", support="Leave cannot be sold."), "leave")
    found = mistakes(evaluation(read, unread, qrels=QRELS))[Kind.NOT_QUOTED]
    assert [one.explanation for one in found] == [
        "The sentence that answers was not in the passages: Leave cannot be sold.",
        "The sentence that answers was in the passages: Leave is booked in Meadow.",
    ]
    assert found[0].said == QUOTED.answer


def test_a_follow_up_tells_what_came_before_and_what_was_searched_for() -> None:
    asked = replace(query("1"), turns=(Turn("How much leave?", "27 days."),))
    searched = replace(result(asked, "badges"), asked="How much leave? Question 1?")
    (told,) = mistakes(evaluation(searched, qrels=QRELS))[Kind.NOT_FOUND]
    assert told.after == "How much leave?"
    assert told.explanation == (
        "The right document is not among the 1 documents found. Searched for: How much leave? Question 1?"
    )


def test_the_reason_why_there_is_no_answer_is_told() -> None:
    asked = replace(query("9", answerable=False), why="Nothing about planets.")
    (told,) = mistakes(evaluation(result(asked, "leave"), qrels=QRELS))[Kind.WRONG_ANSWER]
    assert told.explanation.endswith("the threshold is 0.5. Nothing about planets.")


def test_a_document_of_grade_nothing_is_not_right() -> None:
    one = result(query("1"), "badges", "leave")
    assert place_of(evaluation(one, qrels={"1": {"badges": 0, "leave": 1}}), one) == 2
