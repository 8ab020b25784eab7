"""Arithmetic of an evaluation, each value worked out by hand."""

from dataclasses import astuple

import pytest

from app.evaluation.measures import (
    Estimate,
    estimate,
    estimate_difference,
    interval,
    percentile,
    ranking_measures,
)


def test_two_values_resampled_give_means_from_the_lower_to_the_higher() -> None:
    # A quarter of the resamples of (0, 1) are (0, 0), a quarter (1, 1): both lie outside the 2.5 % that is cut off.
    assert interval([0.0, 1.0]) == (0.0, 1.0)


def test_half_of_a_hundred_is_between_forty_and_sixty_percent() -> None:
    # Binomial with n 100 and p 0.5: 2.5 % lie below 40, 2.5 % above 60.
    assert interval([0.0, 1.0] * 50) == pytest.approx((0.40, 0.60), abs=0.01)


def test_the_same_values_have_the_same_interval() -> None:
    values = [0.1, 0.4, 0.9, 1.0]
    assert interval(values) == interval(values)


def test_an_estimate_is_the_mean_between_its_bounds() -> None:
    found = estimate([0.0, 1.0])
    assert found == Estimate(0.5, 0.0, 1.0)


def test_a_hundred_percent_of_few_questions_is_no_certainty() -> None:
    always, never = estimate([True] * 4), estimate([False] * 2)
    assert always
    assert never
    assert astuple(always) == pytest.approx((1.0, 0.3976, 1.0), abs=1e-4)  # 0.025 ** (1 / 4)
    assert astuple(never) == pytest.approx((0.0, 0.0, 0.8419), abs=1e-4)  # 1 - 0.025 ** (1 / 2)


def test_a_difference_that_is_always_nothing_is_nothing_for_certain() -> None:
    assert estimate_difference([0.0, 0.0, 0.0]) == Estimate(0.0, 0.0, 0.0)


def test_of_nothing_nothing_is_estimated() -> None:
    assert (estimate([]), estimate_difference([])) == (None, None)


def test_percentiles_are_values_that_were_seen() -> None:
    times = [float(value) for value in range(100, 0, -1)]
    assert (percentile(times, 0.5), percentile(times, 0.95), percentile([7.0], 0.99)) == (51.0, 96.0, 7.0)
    assert percentile([], 0.5) == 0.0


def test_a_right_document_counts_by_its_place() -> None:
    found = ranking_measures({"1": ["b", "a"], "2": ["c", "d", "e", "f", "g", "a"]}, {"1": {"a": 1}, "2": {"a": 1}})
    assert found["ndcg@10"] == {"1": pytest.approx(0.6309, abs=1e-4), "2": pytest.approx(0.3562, abs=1e-4)}
    assert found["mrr@10"] == {"1": 0.5, "2": pytest.approx(1 / 6)}
    assert (found["recall@5"], found["recall@10"]) == ({"1": 1.0, "2": 0.0}, {"1": 1.0, "2": 1.0})


def test_order_counts_even_far_behind() -> None:
    ranking = [f"d{place}" for place in range(40)]
    found = ranking_measures({"1": ranking}, {"1": {"d19": 1, "d20": 1}})
    assert found["recall@20"] == {"1": 0.5}


def test_finding_nothing_counts_as_nothing_found() -> None:
    found = ranking_measures({"1": [], "2": ["a"]}, {"1": {"a": 1}, "2": {"a": 1}})
    assert found["ndcg@10"] == {"1": 0.0, "2": 1.0}


def test_a_question_that_nobody_judged_is_left_out() -> None:
    assert ranking_measures({"1": ["a"], "2": ["a"]}, {"1": {"a": 1}})["mrr@10"] == {"1": 1.0}
    assert ranking_measures({"1": ["a"]}, {})["mrr@10"] == {}
