"""Arithmetic of an evaluation: shares, percentiles, bootstrap intervals, ranking measures of each question. Pure."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MEASURES = ("ndcg@10", "recall@5", "recall@10", "recall@20", "mrr@10")
_RESAMPLES = 10_000
_AT_ONCE = 1_000  # resamples, so that a large set needs little memory
_CONFIDENCE = 0.95
_SEED = 20261121


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % interval, `low` to `high`."""

    mean: float
    low: float
    high: float


def estimate(values: Sequence[float]) -> Estimate | None:
    """The mean of values in 0..1 with its percentile bootstrap interval (Efron 1979); nothing of nothing.

    Resampling says nothing where all are 0 or all are 1; then the exact interval of Clopper and Pearson (1934) counts.
    """
    if not values:
        return None
    rest = ((1 - _CONFIDENCE) / 2) ** (1 / len(values))
    if set(values) == {0}:
        return Estimate(0.0, 0.0, 1 - rest)
    if set(values) == {1}:
        return Estimate(1.0, rest, 1.0)
    return estimate_difference(values)


def estimate_difference(values: Sequence[float]) -> Estimate | None:
    """The same of values that may be below 0: how much higher one measure is than another, question by question."""
    return Estimate(statistics.fmean(values), *interval(values)) if values else None


def interval(values: Sequence[float]) -> tuple[float, float]:
    """Where the means of 95 % of all resamples of `values` lie; the same for the same values."""
    seen = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    means = [
        seen[random.integers(0, len(seen), (_AT_ONCE, len(seen)))].mean(axis=1) for _ in range(_RESAMPLES // _AT_ONCE)
    ]
    low, high = np.quantile(np.concatenate(means), [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return float(low), float(high)


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which that share of the values lies; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def ranking_measures(
    rankings: Mapping[str, Sequence[str]], judged: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """Each measure of each judged question, from the documents found for it, best first."""
    import ir_measures

    measures = [
        ir_measures.nDCG @ 10,
        ir_measures.R @ 5,
        ir_measures.R @ 10,
        ir_measures.R @ 20,
        ir_measures.RR @ 10,
    ]
    names = dict(zip(measures, MEASURES, strict=True))
    qrels = {query: dict(judged[query]) for query in rankings if query in judged}
    run = {query: _scores(rankings[query]) for query in qrels}
    found: dict[str, dict[str, float]] = {name: {} for name in MEASURES}
    if qrels:
        for one in ir_measures.iter_calc(measures, qrels, run):
            found[names[one.measure]][one.query_id] = float(one.value)
    return found


def _scores(documents: Sequence[str]) -> dict[str, float]:
    return {document: 1 / place for place, document in enumerate(documents, start=1)}
