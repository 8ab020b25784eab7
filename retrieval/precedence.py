"""Which documents may speak where several do: those of the asker's country and those in force, each thing once. Pure.

Computed from what was found inside the scope and from nothing else. Two documents in force that contradict each other
both stay: each is quoted under its own number.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic

from retrieval.country import AnyHit, applicable, deciding, undecided
from retrieval.duplicates import distinct
from retrieval.ledger.lookup import Found
from retrieval.plain import folded

OUTDATED = 0.85  # what is left of the score of a document that is not in force at the time asked about
_YEAR = re.compile(r"(?<![\d-])20\d\d(?![\d-])")
# A year after one of these is not what the question is about: since when somebody works here, what days are left from.
_SINCE = re.compile(r"\b(?:since|(?:born|hired|joined|started)(?: \w+){0,9} in)(?: \w+)? 20\d\d", re.IGNORECASE)
_FROM = re.compile(r"\bfrom(?: \w+)? 20\d\d", re.IGNORECASE)
_PAST = re.compile(r"\b(?:did|had|was|were)\b", re.IGNORECASE)
_LAST_YEAR = re.compile(r"(?<!from )(?<!of )\blast year\b", re.IGNORECASE)
_FORMER = re.compile(
    r"\b(?:used to|back then|in the past|years? ago)\b|"
    r"\b(?:earlier|expired|former|old|older|outdated|previous|superseded)(?: \w+)? "
    r"(?:allowance|entitlement|guideline|handbook|limit|plan|polic|procedure|rate|rule|scheme|version)",
    re.IGNORECASE,
)
_TITLE_WITH_YEAR = re.compile(r"(.*\D)(20\d\d)\W*")
_Documents = Mapping[str, Found]  # any chunk of each, by uri


@dataclass(frozen=True, slots=True)
class Standing:
    """Uris of documents that are not in force at the time asked about.

    `silent` ones say so themselves, or another one that was found does: they do not answer. The rest are other years'
    editions, which only come later.
    """

    outdated: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice(Generic[AnyHit]):
    """What may answer: `heard` are all hits that apply, `first` the few to read. `undecided` are names of countries."""

    heard: list[AnyHit]
    first: list[AnyHit]
    undecided: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Period:
    """Days, both included."""

    first: date
    last: date

    def holds(self, found: Found) -> bool:
        """Whether the document is in force at some time of the period, as far as it says."""
        begins, ends = found.facts.effective_from, found.facts.effective_until
        return not (ends and ends < self.first) and not (begins and begins > self.last)


def weighed(scores: Mapping[str, float], found: Mapping[str, Found], question: str, today: date) -> dict[str, float]:
    """Scores by chunk, lower where the chunk's document is not in force at the time asked about."""
    outdated = standing(found.values(), question, today).outdated
    of_outdated = {chunk for chunk, one in found.items() if one.chunk.uri in outdated}
    return {chunk: score * OUTDATED if chunk in of_outdated else score for chunk, score in scores.items()}


def choose(hits: Sequence[AnyHit], question: str, country: str, today: date, wanted: int) -> Choice[AnyHit]:
    """Leave out other countries' hits, those of documents not in force, and repetitions; the hits come best first."""
    countries = deciding(question, country, hits)
    silent = standing((hit.found for hit in hits), question, today).silent
    heard = [hit for hit in applicable(hits, countries) if hit.found.chunk.uri not in silent]
    first = [group[0] for group in distinct(heard, wanted)]
    return Choice(heard, first, () if countries else undecided(first))


def standing(found: Iterable[Found], question: str, today: date) -> Standing:
    """Which of the documents are not in force.

    As of today; as of the year that the question names where a document says that it was in force only then. For a
    question about how it used to be all are, and so is a document whose title's year the question names.
    """
    question = _SINCE.sub("", question)
    documents = {one.chunk.uri: one for one in found}
    standing = _as_of(_Period(today, today), documents)
    if not standing.outdated or _FORMER.search(question):
        return Standing()
    then = _time_of(question, today)
    if then and any(then.holds(documents[uri]) and _is_dated(documents[uri]) for uri in standing.outdated):
        standing = _as_of(then, documents)
    years = set(_YEAR.findall(question))
    named = {uri for uri, one in documents.items() if years & set(_YEAR.findall(one.chunk.title))}
    return Standing(standing.outdated - named, standing.silent - named)


def _as_of(period: _Period, documents: _Documents) -> Standing:
    past_or_future = {uri for uri, one in documents.items() if not period.holds(one)}
    silent = frozenset(_replaced(period, documents)) | past_or_future
    return Standing(silent | set(_other_editions(period, documents)), silent)


def _replaced(period: _Period, documents: _Documents) -> Iterator[str]:
    """Of each document and the one that says it takes its place: the one that the other is in force instead of."""
    pairs = {
        (old, new)
        for new, one in documents.items()
        for stated in one.facts.supersedes
        for old, other in documents.items()
        if old != new and _is_named(stated, other)
    }
    for old, new in pairs:
        if (new, old) in pairs:  # each says so of the other
            continue
        if period.holds(documents[new]):
            yield old
        elif period.holds(documents[old]):
            yield new


def _other_editions(period: _Period, documents: _Documents) -> Iterator[str]:
    """Documents whose title differs only in its year from one of the present year, or of the last one before."""
    editions: dict[tuple[object, ...], list[tuple[int, str]]] = {}
    for uri, one in documents.items():
        dated = _TITLE_WITH_YEAR.fullmatch(_plain(one.chunk.title))
        if dated:
            editions.setdefault((dated.group(1), one.facts.countries), []).append((int(dated.group(2)), uri))
    for siblings in editions.values():
        years = [year for year, _ in siblings]
        present = max((year for year in years if year <= period.last.year), default=min(years))
        yield from (uri for year, uri in siblings if year != present)


def _time_of(question: str, today: date) -> _Period | None:
    years = [int(year) for year in _YEAR.findall(_FROM.sub("", question))]
    if _PAST.search(question) and _LAST_YEAR.search(question):
        years.append(today.year - 1)
    if not years or today.year in years:
        return None
    return _Period(date(min(years), 1, 1), date(max(years), 12, 31))


def _is_dated(document: Found) -> bool:
    return bool(document.facts.effective_from or document.facts.effective_until)


def _is_named(stated: str, document: Found) -> bool:
    uri = document.chunk.uri
    return _plain(stated) == _plain(document.chunk.title) or uri == stated or uri.endswith(f"/{stated}")


def _plain(title: str) -> str:
    return folded(title).casefold()
