"""Whether what was found answers the question: calibrated probabilities. Pure.

Logistic regressions; the coefficients in evidence.json are fitted by `python -m tests.bench.fit_evidence` on the dev
halves of the sets that its docstring names, never by hand.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of both regressions."""

    answerable: float
    answerable_bias: float
    relevance: float
    relevance_bias: float


def probability(cosine: float) -> float:
    """Probability that the documents answer the question whose nearest chunk has this cosine, 0..1.

    Nothing else that was tried told more at the false refusals that can be afforded (docs/decisions.md).
    """
    weights = coefficients()
    return logistic(weights.answerable_bias + weights.answerable * cosine)


def relevance(score: float) -> float:
    """Probability that a chunk with this fused score belongs to a document that answers, 0..1."""
    weights = coefficients()
    return logistic(weights.relevance_bias + weights.relevance * score)


def logistic(value: float) -> float:
    """1 / (1 + exp(-value))."""
    return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, value))))


@cache
def coefficients() -> Coefficients:
    """The committed coefficients."""
    data = json.loads((resources.files("retrieval") / "evidence.json").read_text())
    return Coefficients(
        data["answerable"]["cosine"],
        data["answerable"]["bias"],
        data["relevance"]["score"],
        data["relevance"]["bias"],
    )
