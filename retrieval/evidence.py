"""Whether what was found answers the question: calibrated probabilities. Pure.

Logistic regression; the coefficients in evidence.json are fitted by `python -m tests.bench.fit_evidence` on the
development questions that its docstring names, never by hand.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Features:
    """What the probability is computed from, each in about 0..1.

    cosine: the best chunk's. coverage: how much of the question's terms the passages hold, weighted by inverse document
    frequency.
    """

    cosine: float
    coverage: float


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of both regressions, in the order of the features they belong to."""

    answerable: tuple[float, ...]
    answerable_bias: float
    relevance: float
    relevance_bias: float


def probability(features: Features) -> float:
    """Probability that the passages answer the question, 0..1."""
    weights = coefficients()
    products = (weight * value for weight, value in zip(weights.answerable, astuple(features), strict=True))
    return logistic(weights.answerable_bias + sum(products))


def relevance(score: float) -> float:
    """Probability that a chunk with this fused score belongs to a document that answers, 0..1."""
    weights = coefficients()
    return logistic(weights.relevance_bias + weights.relevance * score)


def coverage(rarity: Mapping[str, float], held: frozenset[str]) -> float:
    """Share of the question's terms, weighted by rarity, that the passages hold."""
    total = sum(rarity.values())
    return sum(weight for term, weight in rarity.items() if term in held) / total if total else 0.0


def logistic(value: float) -> float:
    """1 / (1 + exp(-value))."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, value))))


@cache
def coefficients() -> Coefficients:
    """The committed coefficients."""
    data = json.loads((resources.files("retrieval") / "evidence.json").read_text())
    return Coefficients(
        tuple(data["answerable"][name] for name in Features.__dataclass_fields__),
        data["answerable"]["bias"],
        data["relevance"]["score"],
        data["relevance"]["bias"],
    )
