"""A judgement as one HTML page: the verdict, its plots and tables, and the answers that differ most."""

from collections.abc import Iterator
from functools import partial
from html import escape
from pathlib import Path

from app.evaluation import plots
from app.evaluation.html_page import html_page, picture, section, tile
from app.evaluation.measures import Estimate
from app.judging.judge import Judgement
from app.judging.printout import QUALITY, headline, tables
from app.judging.trial import Tried
from app.judging.verdict import DECIDES, MEASURES, Side, Verdict
from retrieval.errors import Unusable

_MOST = 8  # questions shown of each kind
_ON_TILES = (DECIDES, "citation_precision", "refused_unanswerable", "refused_answerable", "verbatim")


def write_report(file: Path, judgement: Judgement) -> None:
    """Write the page.

    Raises:
        Unusable: the file cannot be written.
    """
    try:
        file.write_text(page(judgement), encoding="utf-8")
    except OSError as exc:
        raise Unusable(f"The report {file} cannot be written: {exc.strerror}") from exc


def page(judgement: Judgement) -> str:
    """The whole page."""
    verdict = judgement.verdict
    day = f"{verdict.questions} held-out questions, judged on {verdict.at[:10]}. Ranges are 95 % intervals."
    return html_page(headline(verdict), day, _tiles(verdict.new), _sections(judgement))


def _tiles(side: Side) -> Iterator[str]:
    for name in _ON_TILES:
        one = side.measures.get(name)
        if one:
            yield tile(MEASURES[name], f"{one.mean:.3f}", f"{one.low:.3f} to {one.high:.3f}", side.name)


def _sections(judgement: Judgement) -> Iterator[str]:
    verdict = judgement.verdict
    labelled = {MEASURES[name]: one for name, one in verdict.differences.items()}
    yield f"<section><h2>New minus old</h2>{picture('New minus old', partial(plots.differences, labelled))}</section>"
    drawn = {QUALITY: partial(plots.side_by_side, _pairs(verdict), (verdict.new.name, verdict.old.name))}
    for table in tables(verdict):
        yield section(table, drawn.get(table.title))
    yield f"<section><h2>Where they differ most</h2>{''.join(_examples(judgement))}</section>"


def _pairs(verdict: Verdict) -> dict[str, tuple[Estimate, Estimate]]:
    new, old = verdict.new.measures, verdict.old.measures
    return {label: (new[name], old[name]) for name, label in MEASURES.items() if name in new and name in old}


def _examples(judgement: Judgement) -> Iterator[str]:
    pairs = list(zip(judgement.new.tried, judgement.old.tried, strict=True))
    ranked = sorted(pairs, key=lambda pair: pair[0].scores.cited_f1 - pair[1].scores.cited_f1)
    for heading, some in (("Worse than before", ranked[:_MOST]), ("Better than before", ranked[::-1][:_MOST])):
        sign = -1 if heading.startswith("Worse") else 1
        shown = [pair for pair in some if sign * (pair[0].scores.cited_f1 - pair[1].scores.cited_f1) > 0]
        if shown:
            yield f"<h3>{heading}</h3><ul>{''.join(_example(new, old) for new, old in shown)}</ul>"


def _example(new: Tried, old: Tried) -> str:
    told = {
        "Wanted": new.example.answer,
        "New": f"{new.said} ({new.status}, {new.scores.cited_f1:.2f})",
        "Old": f"{old.said} ({old.status}, {old.scores.cited_f1:.2f})",
    }
    listed = "".join(f"<dt>{term}</dt><dd>{escape(text)}</dd>" for term, text in told.items())
    return f'<li><p class="asked">{escape(new.example.question)}</p><dl>{listed}</dl></li>'
