"""The numbers of an evaluation, each mean with its 95 % interval. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.evaluate import OURS, Evaluation, Ranked, Result
from app.evaluation.attribution import Attribution, attribution, holds
from app.evaluation.measures import (
    MEASURES,
    Estimate,
    estimate,
    estimate_difference,
    percentile,
    ranking_measures,
)
from app.evaluation.risk import Judged, Point, Refusals, area, curve, refusals, strictest
from app.events import Done

_THRESHOLDS = tuple(step / 20 for step in range(21))
_Scores = Mapping[str, Mapping[str, float]]  # by measure, then by question


@dataclass(frozen=True, slots=True)
class Summary:
    """Of some questions: each measure, nothing where it applies to none of them.

    `refused_answerable` are false refusals, `answered_unanswerable` wrong answers.
    """

    questions: int
    estimates: Mapping[str, Estimate | None]


@dataclass(frozen=True, slots=True)
class Times:
    """Percentiles in ms."""

    p50: float
    p95: float
    p99: float


@dataclass(frozen=True, slots=True)
class FollowUps:
    """Recall@10 of questions that lean on a conversation: as we resolve them, their last turn alone, and in full."""

    questions: int
    rewritten: Estimate
    last_turn: Estimate
    in_full: Estimate

    @property
    def share_of_full(self) -> float:
        """What is found of that which the question in full finds."""
        return self.rewritten.mean / self.in_full.mean if self.in_full.mean else 1.0


@dataclass(frozen=True, slots=True)
class Citations:
    """Over all answers: precision is the verbatim share of quotes, recall the cited share of statements."""

    answers: int
    counts: Attribution

    @property
    def precision(self) -> float:
        """Share of quotes that stand verbatim in the source that their number opens."""
        return self.counts.verbatim / self.counts.quotes if self.counts.quotes else 1.0

    @property
    def recall(self) -> float:
        """Share of statements that carry a citation."""
        return self.counts.cited / self.counts.statements if self.counts.statements else 1.0


@dataclass(frozen=True, slots=True)
class Sureness:
    """One way to be sure of an answer: what it risks at each coverage, and what it refuses.

    `now` is at the present threshold; for another way, where it refuses as many answerable questions.
    """

    points: tuple[Point, ...]
    area: float
    now: Refusals


@dataclass(frozen=True, slots=True)
class Refusing:
    """The probability that is used, and the best cosine alone; `by_threshold` is for the former."""

    ours: Sureness
    cosine: Sureness
    by_threshold: tuple[Refusals, ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to search. `lead` is how much higher our nDCG@10 is, question by question; nothing for ours."""

    estimates: Mapping[str, Estimate | None]
    lead: Estimate | None
    search: Times
    ingest_seconds: float


@dataclass(frozen=True, slots=True)
class Numbers:
    """All of them."""

    documents: int
    chunks: int
    overall: Summary
    latency: Times
    first_token: Times
    splits: Mapping[str, Summary]
    categories: Mapping[str, Summary]
    follow_ups: FollowUps | None
    citations: Citations
    refusing: Refusing | None
    recipes: Mapping[str, Recipe]


def numbers_of(evaluation: Evaluation) -> Numbers:
    """Work them out."""
    results = evaluation.results
    scores = _scores(evaluation, {result.query.id: result.ranked for result in results})
    firsts = [one.outcome.timings_ms.get("first_token", 0.0) for one in results if isinstance(one.outcome, Done)]
    return Numbers(
        evaluation.documents,
        evaluation.chunks,
        _summary(results, scores),
        _times([result.milliseconds for result in results]),
        _times(firsts),
        _grouped(results, scores, lambda result: result.query.split),
        _grouped(results, scores, lambda result: result.query.category),
        _follow_ups(evaluation, scores),
        _citations(results),
        _refusing(evaluation),
        _recipes(evaluation, scores),
    )


def _scores(evaluation: Evaluation, rankings: Mapping[str, Ranked]) -> _Scores:
    return ranking_measures({query: ranked.documents for query, ranked in rankings.items()}, evaluation.qrels)


def _summary(results: Sequence[Result], scores: _Scores) -> Summary:
    can = [result for result in results if result.query.answerable]
    cannot = [result for result in results if result.query.answerable is False]
    supported = [result for result in can if result.query.support]
    estimates: dict[str, Estimate | None] = _means(results, scores)
    if can or cannot:
        estimates |= {
            "answered_answerable": estimate([result.answered for result in can]),
            "refused_answerable": estimate([result.refused for result in can]),
            "support_read": estimate([holds(result.read, result.query.support) for result in supported]),
            "support_quoted": estimate([_quotes_support(result) for result in supported]),
            "refused_unanswerable": estimate([result.refused for result in cannot]),
            "answered_unanswerable": estimate([result.answered for result in cannot]),
            "asked_back": estimate([result.asked_back for result in (*can, *cannot)]),
        }
    return Summary(len(results), estimates)


def _means(results: Sequence[Result], scores: _Scores) -> dict[str, Estimate | None]:
    asked = [result.query.id for result in results]
    return {name: estimate([scores[name][query] for query in asked if query in scores[name]]) for name in MEASURES}


def _quotes_support(result: Result) -> bool:
    if not isinstance(result.outcome, Done):
        return False
    return holds([citation.quote for citation in result.outcome.citations], result.query.support)


def _grouped(results: Sequence[Result], scores: _Scores, group: Callable[[Result], str]) -> dict[str, Summary]:
    names = sorted({group(result) for result in results} - {""})
    return {name: _summary([result for result in results if group(result) == name], scores) for name in names}


def _follow_ups(evaluation: Evaluation, ours: _Scores) -> FollowUps | None:
    asked = [result for result in evaluation.results if result.phrasings and result.query.id in evaluation.qrels]
    if not asked:
        return None
    found = {"rewritten": ours} | {
        name: _scores(evaluation, {result.query.id: result.phrasings[name] for result in asked})
        for name in ("last turn", "in full")
    }
    recalls = {
        name: estimate([scores["recall@10"][result.query.id] for result in asked]) for name, scores in found.items()
    }
    return FollowUps(len(asked), *(one for one in recalls.values() if one))


def _citations(results: Sequence[Result]) -> Citations:
    each = [
        attribution(result.outcome.answer, result.outcome.citations, result.sources)
        for result in results
        if isinstance(result.outcome, Done) and result.answered
    ]
    counts = Attribution(
        sum(one.quotes for one in each),
        sum(one.verbatim for one in each),
        sum(one.statements for one in each),
        sum(one.cited for one in each),
    )
    return Citations(len(each), counts)


def _refusing(evaluation: Evaluation) -> Refusing | None:
    stated = [result for result in evaluation.results if result.query.answerable is not None]
    if len({result.query.answerable for result in stated}) < 2:
        return None
    ours = [Judged(result.sureness, bool(result.query.answerable)) for result in stated]
    cosine = [Judged(result.cosine, bool(result.query.answerable)) for result in stated]
    now = refusals(ours, evaluation.threshold)
    return Refusing(
        _sureness(ours, now),
        _sureness(cosine, strictest(cosine, now.answerable)),
        tuple(refusals(ours, threshold) for threshold in _THRESHOLDS),
    )


def _sureness(judged: Sequence[Judged], now: Refusals) -> Sureness:
    points = tuple(curve(judged))
    return Sureness(points, area(points), now)


def _recipes(evaluation: Evaluation, ours: _Scores) -> dict[str, Recipe]:
    results = evaluation.results
    names = [name for name in evaluation.ingest_seconds if name != OURS]
    if not names:
        return {}
    seconds = evaluation.ingest_seconds
    own_times = _times([result.ranked.milliseconds for result in results])
    recipes = {OURS: Recipe(_means(results, ours), None, own_times, seconds[OURS])}
    for name in names:
        scores = _scores(evaluation, {result.query.id: result.peers[name] for result in results})
        leads = [ours["ndcg@10"][query] - value for query, value in scores["ndcg@10"].items()]
        times = _times([result.peers[name].milliseconds for result in results])
        recipes[name] = Recipe(_means(results, scores), estimate_difference(leads), times, seconds[name])
    return recipes


def _times(milliseconds: Sequence[float]) -> Times:
    return Times(*(percentile(milliseconds, share) for share in (0.5, 0.95, 0.99)))
