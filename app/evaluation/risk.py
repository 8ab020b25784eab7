"""What a threshold on a probability costs: questions wrongly refused against questions wrongly answered. Pure.

Risk and coverage: El-Yaniv and Wiener 2010, https://jmlr.org/papers/v11/el-yaniv10a.html
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judged:
    """How sure we were that a question can be answered, and whether it can."""

    sureness: float
    answerable: bool


@dataclass(frozen=True, slots=True)
class Point:
    """With this threshold: the share of questions that are answered, and of these the share that cannot be."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Refusals:
    """With this threshold: the shares refused of what can and of what cannot be answered."""

    threshold: float
    answerable: float
    unanswerable: float


def curve(judged: Sequence[Judged]) -> list[Point]:
    """Risk by coverage, from the surest questions to all; equally sure ones are answered together."""
    points = []
    wrong = 0
    ordered = sorted(judged, key=lambda one: -one.sureness)
    for place, one in enumerate(ordered, start=1):
        wrong += not one.answerable
        if place == len(ordered) or ordered[place].sureness < one.sureness:
            points.append(Point(one.sureness, place / len(ordered), wrong / place))
    return points


def area(points: Sequence[Point]) -> float:
    """Mean risk over all coverages: the area under the curve; less is better."""
    before = [0.0, *(point.coverage for point in points)]
    return sum(point.risk * (point.coverage - last) for point, last in zip(points, before, strict=False))


def refusals(judged: Sequence[Judged], threshold: float) -> Refusals:
    """What is refused when a question needs at least this to be answered."""
    refused = [one.sureness < threshold for one in judged]
    of_answerable = [no for no, one in zip(refused, judged, strict=True) if one.answerable]
    of_others = [no for no, one in zip(refused, judged, strict=True) if not one.answerable]
    return Refusals(threshold, _share(of_answerable), _share(of_others))


def strictest(judged: Sequence[Judged], wrongly_refused: float) -> Refusals:
    """The highest threshold that refuses no larger share than this of what can be answered."""
    thresholds = sorted({0.0, *(one.sureness for one in judged)})
    allowed = [each for each in thresholds if refusals(judged, each).answerable <= wrongly_refused]
    return refusals(judged, allowed[-1])


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
