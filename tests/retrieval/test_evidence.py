import math

import pytest

from retrieval import evidence
from retrieval.evidence import Features

SURE = Features(cosine=0.8, coverage=1.0)
UNSURE = Features(cosine=0.2, coverage=0.1)


def test_coverage_is_the_share_of_the_rare_terms_by_weight() -> None:
    assert evidence.coverage({"sabbatical": 3.0, "leave": 1.0}, frozenset({"sabbatical", "pay"})) == 0.75


def test_everything_held_is_full_coverage() -> None:
    assert evidence.coverage({"sabbatical": 3.0, "leave": 1.0}, frozenset({"sabbatical", "leave"})) == 1.0


def test_a_question_without_terms_is_not_covered() -> None:
    assert evidence.coverage({}, frozenset({"leave"})) == 0.0


def test_the_logistic_function_by_hand() -> None:
    assert [evidence.logistic(0.0), evidence.logistic(math.log(3))] == [0.5, pytest.approx(0.75)]


def test_huge_values_do_not_overflow() -> None:
    assert [evidence.logistic(-1e9), evidence.logistic(1e9)] == pytest.approx([0.0, 1.0])


def test_better_features_are_more_probable() -> None:
    assert 0.0 < evidence.probability(UNSURE) < 0.5 < evidence.probability(SURE) < 1.0


def test_a_higher_score_is_more_relevant() -> None:
    assert 0.0 < evidence.relevance(0.1) < evidence.relevance(0.5) < evidence.relevance(1.1) < 1.0
