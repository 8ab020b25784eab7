"""What the page of insights says, as text and as the rows of its chart and tables. Pure."""

from collections.abc import Sequence

from app.admin.insight_rows import CountsRow, DriftRow, InsightsRow, LatencyRow, UsedRow
from ui.admin_view import count

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days"}
NOBODY_ASKED = (
    "Nobody asked anything in these days. Numbers appear here with the first question in the *Chat* or in Slack; what "
    "programs ask over the API is counted by `/metrics` only."
)
NOT_CITED = "Every document was cited."
# Seen on white and on the dark theme's ground; told apart also by whoever sees no red or green, by their lightness.
OUTCOMES = {"Answered": "#1f8a96", "Refused": "#c9861a", "Failed": "#cf4747", "Stopped": "#8b949c"}
TABLES = {
    "days": "Questions by day",
    "latency": "How fast",
    "used": "Cited documents",
    "unused": "Never cited documents",
    "models": "By model",
}
_STAGES = {
    "search": "Passages found",
    "first_token": "First word",
    "total": "Whole answer",
}
_FEWEST = 30
_DRIFT = (
    "The index (PSI) tells how differently questions and documents spread over ten groups of topics; 0 is the same. "
    "Read it as a trend: a value says little alone, one that grows from period to period says that people ask about "
    "what the documents are not about."
)


def share(part: int, whole: int) -> str:
    """`83 %`; a dash for a part of nothing."""
    return f"{100 * part / whole:.0f} %" if whole else "–"


def metrics(total: CountsRow) -> list[tuple[str, str, str]]:
    """Label, value and help of each number above the chart."""
    asked, rated = total.asked, total.helpful + total.not_helpful
    return [
        ("Asked", f"{asked:,}", "Questions that came to an end, also those that were stopped."),
        ("Answered", f"{total.answered:,}", f"{share(total.answered, asked)} of those asked."),
        ("Refused", f"{total.refused:,}", f"{share(total.refused, asked)}: the documents did not say."),
        ("Failed", f"{total.failed:,}", f"{share(total.failed, asked)}: something broke. The log has the reason."),
        ("Helpful", share(total.helpful, rated), f"{total.helpful:,} of {count(rated, 'verdict')} of people."),
    ]


def day_rows(days: Sequence[CountsRow]) -> list[dict[str, object]]:
    """A row for each day with a number for each outcome, for the chart."""
    return [{"day": day.name} | {name: getattr(day, name.lower()) for name in OUTCOMES} for day in days]


def described(found: InsightsRow) -> str:
    """The chart in a sentence, for whoever does not see it."""
    busiest = max(found.days, key=lambda day: day.asked)
    total = found.total
    return (
        f"Questions a day from {found.first} to {found.last}, stacked by how they ended: {total.answered:,} answered, "
        f"{total.refused:,} refused, {total.failed:,} failed, {total.stopped:,} stopped; "
        f"the most, {busiest.asked:,}, on {busiest.name}"
    )


def latency_rows(latency: Sequence[LatencyRow]) -> list[dict[str, str]]:
    """How long half, 95 and 99 of 100 questions took to come so far."""
    return [
        {
            "until": _STAGES.get(one.stage, one.stage.replace("_", " ").capitalize()),
            "p50": taken(one.p50),
            "p95": taken(one.p95),
            "p99": taken(one.p99),
        }
        for one in latency
    ]


def taken(milliseconds: float) -> str:
    """`84 ms`, `1.25 s`."""
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"


def document_rows(documents: Sequence[UsedRow]) -> list[dict[str, object]]:
    """Documents with how many answers cite them; those that no answer cites without the number."""
    return [
        ({"answers": one.answers} if one.answers else {}) | {"document": one.title or one.uri, "where": one.uri}
        for one in documents
    ]


def model_rows(models: Sequence[CountsRow]) -> list[dict[str, object]]:
    """A row for each model."""
    return [
        {
            "model": one.name,
            "answered": one.answered,
            "refused": one.refused,
            "failed": one.failed,
            "good": one.helpful,
            "bad": one.not_helpful,
            "helpful": share(one.helpful, one.helpful + one.not_helpful),
        }
        for one in models
    ]


def drift_line(found: DriftRow, days: int) -> str:
    """What the drift says, and how it is to be read."""
    if found.now is None:
        return f"Too little was asked: {_FEWEST} different questions say something."
    if found.before is None:
        return f"**{found.now:.2f}** now; too little was asked in the {days} days before to compare. {_DRIFT}"
    moved = found.now - found.before
    way = "as before" if abs(moved) < 0.05 else f"{'up' if moved > 0 else 'down'} from {found.before:.2f}"
    return f"**{found.now:.2f}** now, {way} in the {days} days before. {_DRIFT}"
