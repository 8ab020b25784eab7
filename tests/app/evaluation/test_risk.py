"""Thresholds on how sure we are: curves worked out by hand, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.evaluation.risk import Judged, Point, area, curve, refusals, strictest

# From the surest on: right, wrong, right, and two equally sure ones, one of each.
JUDGED = [Judged(*one) for one in ((0.2, True), (0.9, True), (0.6, True), (0.8, False), (0.2, False))]
ANY = st.lists(st.builds(Judged, st.sampled_from((0.0, 0.25, 0.5, 1.0)), st.booleans()), min_size=1)


def test_risk_is_the_wrong_share_of_what_is_answered() -> None:
    assert curve(JUDGED) == [Point(0.9, 0.2, 0.0), Point(0.8, 0.4, 0.5), Point(0.6, 0.6, 1 / 3), Point(0.2, 1.0, 0.4)]


def test_the_area_is_the_mean_risk() -> None:
    # 0.2 * 0 + 0.2 * 0.5 + 0.2 * 1/3 + 0.4 * 0.4
    assert area(curve(JUDGED)) == pytest.approx(0.3267, abs=1e-4)


def test_refused_is_what_is_less_sure_than_the_threshold() -> None:
    found = refusals(JUDGED, 0.6)
    assert (found.answerable, found.unanswerable) == (1 / 3, 0.5)


def test_the_strictest_threshold_refuses_no_more_than_allowed() -> None:
    found = strictest(JUDGED, 0.34)
    assert (found.threshold, found.answerable, found.unanswerable) == (0.6, 1 / 3, 0.5)
    assert strictest(JUDGED, 0.0).threshold == 0.2


@given(ANY)
def test_all_questions_answered_risk_their_unanswerable_share(judged: list[Judged]) -> None:
    last = curve(judged)[-1]
    wrong = sum(not one.answerable for one in judged)
    assert (last.coverage, last.risk) == (1.0, wrong / len(judged))


@given(ANY, st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_refuses_no_less(judged: list[Judged], one: float, other: float) -> None:
    low, high = refusals(judged, min(one, other)), refusals(judged, max(one, other))
    assert low.answerable <= high.answerable
    assert low.unanswerable <= high.unanswerable


@given(ANY, st.floats(0, 1))
def test_strictest_keeps_its_promise(judged: list[Judged], allowed: float) -> None:
    assert strictest(judged, allowed).answerable <= allowed
