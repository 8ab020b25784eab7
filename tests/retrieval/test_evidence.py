import math

import pytest

from retrieval import evidence


def test_the_logistic_function_by_hand() -> None:
    assert [evidence.logistic(0.0), evidence.logistic(math.log(3))] == [0.5, pytest.approx(0.75)]


def test_huge_values_do_not_overflow() -> None:
    assert [evidence.logistic(-1e9), evidence.logistic(1e9)] == pytest.approx([0.0, 1.0])


def test_a_nearer_chunk_makes_an_answer_more_probable() -> None:
    assert 0.0 < evidence.probability(0.1) < 0.5 < evidence.probability(0.8) < 1.0


def test_a_higher_score_is_more_relevant() -> None:
    assert 0.0 < evidence.relevance(0.1) < evidence.relevance(0.5) < evidence.relevance(1.1) < 1.0
