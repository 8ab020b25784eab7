"""The numbers of an evaluation as `frontdesk evaluate --json` prints them. Pure."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.evaluation.measures import Estimate
from app.evaluation.numbers import Numbers, Recipe, Refusing, Summary, Times


def of_numbers(numbers: Numbers) -> dict[str, Any]:
    """Everything; what the set has no questions for is null or left out."""
    found: dict[str, Any] = {"documents": numbers.documents, "chunks": numbers.chunks}
    found |= _summary(numbers.overall)
    found |= {"latency_ms": _times(numbers.latency), "first_token_ms": _times(numbers.first_token)}
    for name, groups in (("splits", numbers.splits), ("categories", numbers.categories)):
        found[name] = {group: _summary(summary) for group, summary in groups.items()}
    citations = numbers.citations
    found["citations"] = {
        "answers": citations.answers,
        **asdict(citations.counts),
        "precision": round(citations.precision, 4),
        "recall": round(citations.recall, 4),
    }
    follow_ups = numbers.follow_ups
    found["follow_ups"] = follow_ups and {
        "questions": follow_ups.questions,
        "recall@10": _means(
            {"rewritten": follow_ups.rewritten, "last_turn": follow_ups.last_turn, "in_full": follow_ups.in_full}
        ),
        "share_of_full": round(follow_ups.share_of_full, 4),
    }
    found["refusing"] = numbers.refusing and _refusing(numbers.refusing)
    found["recipes"] = {name: _recipe(recipe) for name, recipe in numbers.recipes.items()}
    return found


def _summary(summary: Summary) -> dict[str, Any]:
    return {"queries": summary.questions, **_means(summary.estimates), "intervals": _intervals(summary.estimates)}


def _means(estimates: Mapping[str, Estimate | None]) -> dict[str, float | None]:
    return {name: round(one.mean, 4) if one else None for name, one in estimates.items()}


def _intervals(estimates: Mapping[str, Estimate | None]) -> dict[str, list[float]]:
    return {name: [round(one.low, 4), round(one.high, 4)] for name, one in estimates.items() if one}


def _times(times: Times) -> dict[str, float]:
    return {name: round(value, 1) for name, value in asdict(times).items()}


def _refusing(refusing: Refusing) -> dict[str, Any]:
    return {
        "threshold": refusing.ours.now.threshold,
        "by_threshold": [_rounded(asdict(one)) for one in refusing.by_threshold],
        **{
            name: {"area": round(one.area, 4), "now": _rounded(asdict(one.now))}
            for name, one in (("ours", refusing.ours), ("cosine", refusing.cosine))
        },
    }


def _recipe(recipe: Recipe) -> dict[str, Any]:
    lead = {"lead": recipe.lead} if recipe.lead else {}
    estimates = {**recipe.estimates, **lead}
    return {
        **_means(estimates),
        "intervals": _intervals(estimates),
        "search_ms": _times(recipe.search),
        "ingest_seconds": round(recipe.ingest_seconds, 2),
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}
