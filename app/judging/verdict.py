"""Which of two contestants answers better, and how sure that is: for `models promote`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.evaluation.measures import Estimate, estimate, estimate_difference
from app.judging.scores import REFUSAL, Scores, f1, words
from app.judging.trial import Trial, Tried
from app.registry.model_files import read_json
from retrieval.errors import Unusable

FILE = "verdict.json"
BETTER, NOT_SHOWN, WORSE = "better", "not shown better", "worse"
DECIDES = "cited_f1"
FALSE_REFUSALS = "refused_answerable"
MOST_FALSE_REFUSALS = 0.05  # more than the other's: who refuses everything says nothing wrong, and nothing
FEWEST = 30  # questions; with fewer an interval says little
MEASURES = {
    "cited_f1": "Cited-answer F1",
    "f1": "Token F1",
    "exact": "Exact match",
    "rouge_l": "ROUGE-L",
    "citation_precision": "Citation precision",
    "citation_recall": "Citation recall",
    "verbatim": "Quotes verbatim",
    "refused_answerable": "False refusals, of answerable questions",
    "refused_unanswerable": "Refused, of unanswerable questions",
    "failed": "Failed, of all questions",
    "closed_book_f1": "Token F1 without sources",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One contestant in numbers: each measure with its interval; the rest are means of answers that came."""

    name: str
    digest: str
    measures: Mapping[str, Estimate]
    answer_words: float
    tokens_per_second: float
    first_token_ms: float
    load_seconds: float
    failed_checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`result` is about `new`. `differences` are new minus old, question by question, with 95 % intervals.

    `data` and `prompt` are the digests of the questions and of the prompt.
    """

    result: str
    why: str
    at: str
    questions: int
    data: str
    prompt: str
    new: Side
    old: Side
    differences: Mapping[str, Estimate]

    def as_json(self) -> dict[str, Any]:
        """The same as builtins."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Occasion:
    """When, on what data and with which prompt was judged."""

    at: str
    data: str
    prompt: str


def judged(new: Trial, old: Trial, occasion: Occasion) -> Verdict:
    """Compare two trials of the same questions."""
    values = {side.name + side.digest: _values(side.tried) for side in (new, old)}
    of_new, of_old = values[new.name + new.digest], values[old.name + old.digest]
    differences = {}
    for name in MEASURES:
        pairs = [
            mine - theirs
            for mine, theirs in zip(of_new[name], of_old[name], strict=True)
            if mine is not None and theirs is not None
        ]
        found = estimate_difference(pairs)
        if found:
            differences[name] = found
    result, why = _decided(differences, len(new.tried), _newly_failed(new, old))
    return Verdict(
        result,
        why,
        occasion.at,
        len(new.tried),
        occasion.data,
        occasion.prompt,
        _side(new, of_new),
        _side(old, of_old),
        differences,
    )


def write_verdict(folder: Path, verdict: Verdict) -> Path:
    """Write the file that `models promote` reads."""
    file = folder / FILE
    beside = file.with_suffix(".partial")
    beside.write_text(json.dumps(verdict.as_json(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    beside.replace(file)
    return file


def read_verdict(place: Path) -> Verdict:
    """The verdict in a file or in the folder that a judgement wrote.

    Raises:
        Unusable: there is none.
    """
    file = place / FILE if place.is_dir() else place
    row = read_json(file)
    try:
        sides = [
            Side(
                **row[side]
                | {"measures": _estimates(row[side]["measures"]), "failed_checks": tuple(row[side]["failed_checks"])}
            )
            for side in ("new", "old")
        ]
        return Verdict(**row | {"new": sides[0], "old": sides[1], "differences": _estimates(row["differences"])})
    except (KeyError, TypeError, AttributeError) as exc:
        raise Unusable(f"{file} is no verdict. Make one with: frontdesk finetune judge NEW --data DIR") from exc


def _decided(differences: Mapping[str, Estimate], questions: int, newly_failed: Sequence[str]) -> tuple[str, str]:
    difference, refusals = differences[DECIDES], differences.get(FALSE_REFUSALS)
    shown = f"cited-answer F1 {difference.mean:+.3f}, 95 % between {difference.low:+.3f} and {difference.high:+.3f}"
    if difference.high < 0:
        return WORSE, shown
    if newly_failed:
        return NOT_SHOWN, f"{shown}; but it fails what the other passes: {', '.join(newly_failed)}"
    if refusals and refusals.low > MOST_FALSE_REFUSALS:
        return NOT_SHOWN, f"{shown}; but it refuses {refusals.mean:.0%} more of the questions that the sources answer"
    if questions < FEWEST:
        return NOT_SHOWN, f"{shown}; but {questions} questions are too few, {FEWEST} are the least"
    return (BETTER if difference.low > 0 else NOT_SHOWN), shown


def _newly_failed(new: Trial, old: Trial) -> list[str]:
    return [name for name in new.failed_checks if name not in old.failed_checks]


def _values(tried: Sequence[Tried]) -> dict[str, list[float | None]]:
    """Of each measure a value for each question; None where it says nothing of that question."""
    found: dict[str, list[float | None]] = {name: [] for name in MEASURES}
    for one in tried:
        answerable, refused = one.example.kind != REFUSAL, float(one.status == "refused")
        for name in Scores.__dataclass_fields__:
            if name in found:
                found[name].append(getattr(one.scores, name))
        found["refused_answerable"].append(refused if answerable else None)
        found["refused_unanswerable"].append(None if answerable else refused)
        found["failed"].append(float(one.status == "failed"))
        found["closed_book_f1"].append(_closed_book(one) if answerable else None)
    return found


def _closed_book(one: Tried) -> float | None:
    if one.closed_book is None:
        return None
    said = words(one.closed_book)
    return f1(said, said, words(one.example.answer))


def _side(of: Trial, values: Mapping[str, Sequence[float | None]]) -> Side:
    measures = {}
    for name, seen in values.items():
        found = estimate([value for value in seen if value is not None])
        if found:
            measures[name] = found
    answered = [one for one in of.tried if one.status == "answered"]
    return Side(
        of.name,
        of.digest,
        measures,
        _mean([one.scores.words for one in answered]),
        sum(one.tokens for one in answered) / max(1e-9, sum(one.seconds for one in answered)),
        _mean([one.first_token_ms for one in answered]),
        of.load_seconds,
        of.failed_checks,
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _estimates(rows: Mapping[str, Any]) -> dict[str, Estimate]:
    return {name: Estimate(**row) for name, row in rows.items()}
