"""An evaluation as one HTML page that needs nothing beside it: no script, no font, no image from elsewhere."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from html import escape
from pathlib import Path

from app.evaluate import Evaluation
from app.evaluation import plots
from app.evaluation.html_page import Plot, html_page, section, tile
from app.evaluation.measures import Estimate
from app.evaluation.mistakes import Kind, Mistake, mistakes
from app.evaluation.numbers import Numbers
from app.evaluation.printout import AGAINST_COSINE, COMPARISON, THRESHOLDS, TIMES, tables
from retrieval.errors import Unusable

_MOST = 8  # of each kind of mistake
_TILES = {
    "ndcg@10": ("nDCG@10", "how high the right documents stand"),
    "recall@10": ("Recall@10", "right documents among the ten best"),
    "support_quoted": ("Sentence quoted", "the answering sentence is in the answer"),
    "refused_answerable": ("False refusals", "refused although the documents say"),
    "answered_unanswerable": ("Wrong answers", "answered although the documents do not say"),
}


def write_report(file: Path, evaluation: Evaluation, numbers: Numbers, day: date) -> list[Path]:
    """Write the page, and the risk-coverage plot beside it where there is one; returns what was written.

    Raises:
        Unusable: the file cannot be written.
    """
    written = {file: page(evaluation, numbers, day).encode()}
    if numbers.refusing:
        written[file.with_suffix(".risk-coverage.png")] = plots.risk_coverage(numbers.refusing, plots.ON_WHITE)
    try:
        for path, content in written.items():
            path.write_bytes(content)
    except OSError as exc:
        raise Unusable(f"The report {file} cannot be written: {exc.strerror}") from exc
    return list(written)


def page(evaluation: Evaluation, numbers: Numbers, day: date) -> str:
    """The whole page."""
    drawn = _plots(evaluation, numbers)
    sections = [section(table, drawn.get(table.title)) for table in tables(numbers)]
    measured = (
        f"{numbers.overall.questions} questions to {numbers.documents} documents, measured on {day.isoformat()} with "
        "the whole pipeline. Ranges are 95 % intervals."
    )
    worst = (
        '<section><h2>The questions that went worst</h2>\n<p class="sub">Each question stands under the first heading '
        f"that fits it.</p>\n{''.join(_mistakes(mistakes(evaluation)))}</section>"
    )
    return html_page(f"Frontdesk evaluation: {evaluation.name}", measured, _tiles(numbers), [*sections, worst])


def _plots(evaluation: Evaluation, numbers: Numbers) -> dict[str, Plot]:
    """By the title of the table that each stands with."""
    drawn: dict[str, Plot] = {TIMES: partial(plots.latency, [one.milliseconds for one in evaluation.results])}
    if numbers.recipes:
        drawn[COMPARISON] = partial(plots.comparison, numbers.recipes)
    if numbers.refusing:
        drawn[THRESHOLDS] = partial(plots.refused, numbers.refusing)
        drawn[AGAINST_COSINE] = partial(plots.risk_coverage, numbers.refusing)
    return drawn


def _tiles(numbers: Numbers) -> Iterator[str]:
    for name, (label, meaning) in _TILES.items():
        one = numbers.overall.estimates.get(name)
        if one:
            yield tile(label, _shown(one.mean, name), _between(one, name), meaning)
    citations = numbers.citations
    if citations.answers:
        checked = f"{citations.counts.quotes} quotes in {citations.answers} answers"
        yield tile(
            "Verbatim quotes", f"{100 * citations.precision:.1f} %", checked, "each found in the source it names"
        )
    if numbers.follow_ups:
        share = f"{100 * numbers.follow_ups.share_of_full:.1f} %"
        asked = f"{numbers.follow_ups.questions} asked"
        yield tile("Follow-ups", share, asked, "Recall@10, of that of the question in full")
    spread = f"95 % within {numbers.latency.p95:.0f} ms"
    yield tile(
        "Answer in", f"{numbers.latency.p50:.0f} ms", spread, "half of the questions, from question to last word"
    )


def _shown(value: float, name: str) -> str:
    return f"{value:.3f}" if "@" in name else f"{100 * value:.1f} %"


def _between(one: Estimate, name: str) -> str:
    return f"{_shown(one.low, name)} to {_shown(one.high, name)}"


def _mistakes(found: Mapping[Kind, list[Mistake]]) -> Iterator[str]:
    for kind, some in found.items():
        if some:
            listed = "".join(_mistake(one) for one in some[:_MOST])
            of_all = f"the worst {_MOST} of {len(some)}" if len(some) > _MOST else f"{len(some)} in all"
            yield f"<h3>{escape(kind.value)} <small>{of_all}</small></h3><ul>{listed}</ul>"


def _mistake(one: Mistake) -> str:
    after = f'<p class="after">after: {escape(one.after)}</p>' if one.after else ""
    told = {"Expected": one.expected, "Found": "; ".join(one.found), "Said": one.said, "Why": one.explanation}
    listed = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in told.items() if text)
    return f'<li>{after}<p class="asked">{escape(one.question)}</p><dl>{listed}</dl></li>'
