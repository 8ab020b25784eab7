"""The numbers of an evaluation as rows of words: the same in the terminal and in the report. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.evaluation.measures import MEASURES, Estimate
from app.evaluation.numbers import FollowUps, Numbers, Recipe, Refusing, Summary

NONE = "–"
COMPARISON = "The peers' usual recipes, same embedding model"
THRESHOLDS = "What a threshold costs"
AGAINST_COSINE = "Against a threshold on similarity alone"
TIMES = "Milliseconds a question"
_LABELS = {
    "ndcg@10": "nDCG@10",
    "recall@5": "Recall@5",
    "recall@10": "Recall@10",
    "recall@20": "Recall@20",
    "mrr@10": "MRR@10",
    "answered_answerable": "Answered, of answerable questions",
    "refused_answerable": "False refusals, of answerable questions",
    "support_read": "Supporting sentence in the passages read",
    "support_quoted": "Supporting sentence quoted",
    "refused_unanswerable": "Refused, of unanswerable questions",
    "answered_unanswerable": "Wrong answers, of unanswerable questions",
    "asked_back": "Asked back, of all questions",
}
_SHORT = {
    "ndcg@10": "nDCG@10",
    "recall@10": "R@10",
    "support_read": "read",
    "support_quoted": "quoted",
    "refused_answerable": "false refusals",
    "answered_unanswerable": "wrong answers",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Words in rows. `note` says how to read it."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def tables(numbers: Numbers) -> Iterator[Table]:
    """Those that the set has numbers for."""
    yield _overall(numbers)
    if numbers.recipes:
        yield _recipes(numbers.recipes)
        yield _leads(numbers.recipes)
    if numbers.splits:
        yield _grouped("By half of the set", "half", numbers.splits)
    if numbers.categories:
        yield _grouped("By category", "category", numbers.categories)
    if numbers.follow_ups:
        yield _follow_ups(numbers.follow_ups)
    if numbers.refusing:
        yield _thresholds(numbers.refusing)
        yield _against_cosine(numbers.refusing)
    yield _citations(numbers)
    yield _times(numbers)


def shown(estimate: Estimate | None) -> str:
    """A mean with its interval, 0.912 (0.874 to 0.945)."""
    return f"{estimate.mean:.3f} ({estimate.low:.3f} to {estimate.high:.3f})" if estimate else NONE


def _mean(estimate: Estimate | None) -> str:
    return f"{estimate.mean:.3f}" if estimate else NONE


def _overall(numbers: Numbers) -> Table:
    rows = [(_LABELS[name], shown(estimate)) for name, estimate in numbers.overall.estimates.items() if estimate]
    title = f"{numbers.overall.questions} questions to {numbers.documents} documents in {numbers.chunks} chunks"
    return Table(title, ("measure", "mean (95 % interval)"), tuple(rows))


def _grouped(title: str, heading: str, groups: Mapping[str, Summary]) -> Table:
    rows = [
        (name, str(summary.questions), *(_mean(summary.estimates.get(column)) for column in _SHORT))
        for name, summary in groups.items()
    ]
    note = "read, quoted: the supporting sentence is in the passages read, in the answer."
    return Table(title, (heading, "asked", *_SHORT.values()), tuple(rows), note)


def _follow_ups(found: FollowUps) -> Table:
    rows = (
        ("as Frontdesk resolves it", shown(found.rewritten)),
        ("the last turn alone", shown(found.last_turn)),
        ("worded in full", shown(found.in_full)),
        ("resolved, as share of worded in full", f"{found.share_of_full:.3f}"),
    )
    return Table(f"Follow-up questions: {found.questions}", ("question", "Recall@10"), rows)


def _thresholds(refusing: Refusing) -> Table:
    now = refusing.ours.now
    each = sorted({one.threshold: one for one in (*refusing.by_threshold[::2], now)}.items())
    rows = [
        (f"{threshold:g}{' (now)' if one is now else ''}", f"{one.answerable:.3f}", f"{1 - one.unanswerable:.3f}")
        for threshold, one in each
    ]
    return Table(THRESHOLDS, ("threshold", "false refusals", "wrong answers"), tuple(rows))


def _against_cosine(refusing: Refusing) -> Table:
    rows = [
        (
            name,
            f"{one.area:.3f}",
            f"{one.now.threshold:.3f}",
            f"{one.now.answerable:.3f}",
            f"{one.now.unanswerable:.3f}",
        )
        for name, one in (("Frontdesk's probability", refusing.ours), ("best cosine alone", refusing.cosine))
    ]
    headings = ("sure by", "area", "threshold", "false refusals", "unanswerable refused")
    note = (
        "Cosine's threshold is the highest that refuses no more answerable questions. "
        "Area: under the curve of risk by coverage, less is better."
    )
    return Table(AGAINST_COSINE, headings, tuple(rows), note)


def _citations(numbers: Numbers) -> Table:
    found = numbers.citations
    per_answer = found.counts.quotes / found.answers if found.answers else 0.0
    rows = (
        ("answers", str(found.answers)),
        ("quotes an answer", f"{per_answer:.2f}"),
        ("precision: quotes that are verbatim", f"{found.precision:.3f} of {found.counts.quotes}"),
        ("recall: statements that carry a number", f"{found.recall:.3f} of {found.counts.statements}"),
    )
    return Table("Citations, checked in every answer", ("what", "found"), rows)


def _recipes(recipes: Mapping[str, Recipe]) -> Table:
    rows = [(name, *(_mean(recipe.estimates[one]) for one in MEASURES)) for name, recipe in recipes.items()]
    note = f"All search for the same words, history resolved by Frontdesk. {_verdict(recipes)}"
    return Table(COMPARISON, ("recipe", *(_LABELS[one] for one in MEASURES)), tuple(rows), note)


def _verdict(recipes: Mapping[str, Recipe]) -> str:
    led = [
        (lead, found.mean, name)
        for name, one in recipes.items()
        if (lead := one.lead) and (found := one.estimates["ndcg@10"])
    ]
    if not led:
        return ""
    lead, _, best = max(led, key=lambda each: each[1])
    certain = "more than chance" if lead.low > 0 or lead.high < 0 else "which may be chance"
    return f"The best of the others is {best}: Frontdesk's lead over it in nDCG@10 is {shown(lead)}, {certain}."


def _leads(recipes: Mapping[str, Recipe]) -> Table:
    rows = [
        (
            name,
            shown(recipe.lead),
            f"{recipe.search.p50:.1f}",
            f"{recipe.search.p95:.1f}",
            f"{recipe.ingest_seconds:.1f}",
        )
        for name, recipe in recipes.items()
    ]
    headings = ("recipe", "lead in nDCG@10 (95 % interval)", "ms p50", "ms p95", "ingest s")
    note = (
        "Lead: how much higher Frontdesk's nDCG@10 is, question by question. "
        "Times are of one search, Frontdesk's with reading around the hits and judging the evidence."
    )
    return Table("Frontdesk's lead, and the time it takes", headings, tuple(rows), note)


def _times(numbers: Numbers) -> Table:
    rows = [
        (name, *(f"{value:.1f}" for value in (times.p50, times.p95, times.p99)))
        for name, times in (("whole answer", numbers.latency), ("first words of an answer", numbers.first_token))
    ]
    return Table(TIMES, ("until", "p50", "p95", "p99"), tuple(rows))
