"""The questions that went worst, each with what was expected, what came, and why, in words. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from textwrap import shorten

from app.evaluate import Evaluation, Result
from app.evaluation.attribution import holds
from app.events import Done

_WELL_FOUND = 5  # the place from which a document is seldom read
_TITLES = 3
_SAID = 300  # characters of an answer


class Kind(Enum):
    """What went wrong."""

    NOT_FOUND = "The right document was not among the first five"
    WRONG_ANSWER = "Answered although the documents do not say"
    FALSE_REFUSAL = "Refused although the documents say"
    NOT_QUOTED = "Found, but the sentence was not quoted"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One question. `after` is the conversation's last question before it, `found` the first titles, `said` the answer.

    A refusal says nothing.
    """

    question: str
    after: str
    expected: str
    found: tuple[str, ...]
    said: str
    explanation: str


def mistakes(evaluation: Evaluation) -> dict[Kind, list[Mistake]]:
    """Those of each kind, the worst first; a question counts once, for the first kind that it is of."""
    seen: set[str] = set()
    found: dict[Kind, list[Mistake]] = {}
    for kind, severity in _KINDS.items():
        graded = [(severity(evaluation, one), one) for one in evaluation.results if one.query.id not in seen]
        wrong = sorted((pair for pair in graded if pair[0] > 0), key=lambda pair: -pair[0])
        seen |= {one.query.id for _, one in wrong}
        found[kind] = [_described(evaluation, kind, one) for _, one in wrong]
    return found


def place_of(evaluation: Evaluation, result: Result) -> int | None:
    """Where the first document that answers stands among those found, from 1."""
    right = {document for document, grade in evaluation.qrels.get(result.query.id, {}).items() if grade > 0}
    places = (place for place, document in enumerate(result.ranked.documents, start=1) if document in right)
    return next(places, None)


def _not_found(evaluation: Evaluation, result: Result) -> float:
    if result.query.id not in evaluation.qrels:
        return 0.0
    place = place_of(evaluation, result)
    if place is None:
        return float("inf")
    return place if place > _WELL_FOUND else 0.0


def _wrong_answer(_: Evaluation, result: Result) -> float:
    return result.sureness if result.answered and result.query.answerable is False else 0.0


def _false_refusal(_: Evaluation, result: Result) -> float:
    return 1.0 - result.sureness if result.refused and result.query.answerable else 0.0


def _not_quoted(_: Evaluation, result: Result) -> float:
    if not isinstance(result.outcome, Done) or not (result.query.answerable and result.query.support):
        return 0.0
    quoted = holds([citation.quote for citation in result.outcome.citations], result.query.support)
    return 0.0 if quoted else 1.0 + (not holds(result.read, result.query.support))


_KINDS: dict[Kind, Callable[[Evaluation, Result], float]] = {
    Kind.NOT_FOUND: _not_found,
    Kind.WRONG_ANSWER: _wrong_answer,
    Kind.FALSE_REFUSAL: _false_refusal,
    Kind.NOT_QUOTED: _not_quoted,
}


def _described(evaluation: Evaluation, kind: Kind, result: Result) -> Mistake:
    titles = evaluation.titles
    expected = [document for document, grade in evaluation.qrels.get(result.query.id, {}).items() if grade > 0]
    return Mistake(
        result.query.text,
        result.query.turns[-1].question if result.query.turns else "",
        "; ".join(titles.get(document, document) for document in expected),
        tuple(titles.get(document, document) for document in result.ranked.documents[:_TITLES]),
        shorten(result.outcome.answer, _SAID, placeholder=" ...") if isinstance(result.outcome, Done) else "",
        _explained(evaluation, kind, result),
    )


def _explained(evaluation: Evaluation, kind: Kind, result: Result) -> str:
    place = place_of(evaluation, result)
    sure = f"Sureness that the passages answer: {result.sureness:.2f}; the threshold is {evaluation.threshold:g}."
    if kind is Kind.NOT_FOUND:
        where = f"at place {place}" if place else f"not among the {len(result.ranked.documents)} documents found"
        searched = f" Searched for: {result.asked}" if result.asked != result.query.text else ""
        return f"The right document is {where}.{searched}"
    if kind is Kind.WRONG_ANSWER:
        return f"{sure} {result.query.why}".strip()
    if kind is Kind.FALSE_REFUSAL:
        return f"{sure} The right document is at place {place}." if place else sure
    read = "was in the passages" if holds(result.read, result.query.support) else "was not in the passages"
    return f"The sentence that answers {read}: {result.query.support}"
