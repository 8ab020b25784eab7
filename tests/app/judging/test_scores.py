"""Scores of one answer, computed by hand."""

import pytest

from app.judging.scores import Statement, cited_f1, rouge_l, score, statements, words
from tests.app.judging.examples import ABOUT_LAPTOPS, ABOUT_LEAVE, ABOUT_PLANETS, LAPTOP, LEAVE


def test_the_wanted_answer_is_right_in_every_way() -> None:
    scores = score(ABOUT_LAPTOPS, f"{LAPTOP} [1]")
    assert (scores.exact, scores.f1, scores.cited_f1, scores.rouge_l) == (1, 1, 1, 1)
    assert (scores.citation_precision, scores.citation_recall, scores.verbatim) == (1, 1, 1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("one two [1]", 2 * 2 / (2 + 4)),
        ("one two [2]", 0.0),  # another source
        ("one two", 0.0),  # no source
        ("one two [1] three four [2]", 2 * 2 / (4 + 4)),  # words under a wrong number cost precision
        ("Well, you see:\n\none two three four [1]", 2 * 4 / (7 + 4)),  # so do words without a number
        ("one two three four [2][1]", 1.0),
    ],
)
def test_only_words_under_a_right_number_count_as_right(answer: str, expected: float) -> None:
    assert cited_f1(answer, "One two, three four. [1]", (1,)) == pytest.approx(expected)


def test_a_number_stands_for_all_before_it_back_to_the_last_one_or_the_paragraph() -> None:
    assert statements("Hello.\n\nA is. B is. [1] C is [2, 3][4]. Bye") == [
        Statement("Hello.", ()),
        Statement("A is. B is.", (1,)),
        Statement("C is", (2, 3, 4)),
        Statement(". Bye", ()),
    ]


def test_the_longest_common_subsequence_need_not_be_together() -> None:
    # "a c e" is common in order: precision 3/4, recall 3/5.
    assert rouge_l(["a", "x", "c", "e"], ["a", "b", "c", "d", "e"]) == pytest.approx(2 * 3 / 9)
    assert rouge_l(["c", "a"], ["a", "c"]) == pytest.approx(0.5)
    assert rouge_l([], ["a"]) == 0.0


def test_refusing_counts_in_full_where_no_source_answers_and_nothing_elsewhere() -> None:
    assert score(ABOUT_PLANETS, None).cited_f1 == 1
    assert score(ABOUT_PLANETS, "Venus. [1]").cited_f1 == 0
    assert score(ABOUT_LEAVE, None).cited_f1 == 0


def test_an_answer_without_a_number_has_no_right_citation() -> None:
    scores = score(ABOUT_LEAVE, LEAVE)
    assert (scores.citation_precision, scores.citation_recall, scores.verbatim) == (0, 0, None)
    assert scores.f1 == 1


def test_a_changed_quote_is_not_verbatim() -> None:
    assert score(ABOUT_LEAVE, f"{LEAVE} [2] Parents stay for nine weeks. [2]").verbatim == 0.5


def test_a_quote_under_the_number_of_another_source_is_not_verbatim() -> None:
    scores = score(ABOUT_LEAVE, f"{LEAVE} [1]")
    assert (scores.verbatim, scores.citation_precision) == (0, 0)


def test_words_are_compared_without_case_and_marks() -> None:
    assert words("Café, 27 days! [1][2]") == ["café", "27", "days"]
