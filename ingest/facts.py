"""What a document says about itself: in front matter or meta tags, else in its title, path and first lines. Pure.

Few patterns, and nothing where they are unsure: a document wrongly taken for Germany's is hidden from everybody else.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import PurePosixPath

from ingest.dates import DATE, dates
from retrieval.countries import code_of, only_named
from retrieval.document import Document, Facts

_HEAD = 600  # characters in which a document says when it is in force
_MOST_VALUES = 20
_LONGEST_VALUE = 200
_FIELDS = {
    "country": "countries",
    "countries": "countries",
    "effective": "from",
    "effective-date": "from",
    "effective-from": "from",
    "valid-from": "from",
    "effective-until": "until",
    "effective-to": "until",
    "expires": "until",
    "valid-until": "until",
    "valid-to": "until",
    "replaces": "supersedes",
    "supersedes": "supersedes",
}

_THIS = r"\bthis\s+(?:document|edition|guide|guideline|handbook|page|plan|policy|procedure|supplement|version)"
# Where a statement about the document may begin: with its own words, or after a mark that parts such statements.
_IS = r"(?:(?:is|was|will\s+be|has\s+been)\s+)?"
_ALONE = rf"(?:^|[|.;]\s*|{_THIS}\s+{_IS}"
_BEGINS = rf"{_ALONE}|[:,(/–—-]\s*|\bit\s+{_IS})"
_ENDS = rf"{_ALONE})"  # stricter: "vouchers, valid until 31 March 2025" says nothing about the document
_HOLDS = r"(?:effective|in\s+force|in\s+effect|valid|applicable|applie[sd])"


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_FROM = _pattern(rf"{_BEGINS}{_HOLDS}(?:\s+(?:date|from|since|as\s+of|on))*[\s:|]+({DATE})")
_TO = r"(?:until|till|to|through)"
_UNTIL = _pattern(rf"{_ENDS}{_HOLDS}(?:(?:\s+(?:from|since))?[\s:|]+{DATE}\s*(?:{_TO}|–|-)|\s+{_TO})\s*({DATE})")
_EXPIRES = _pattern(rf"{_ENDS}(?:expire[sd]|expiry(?:\s+date)?)(?:\s+on)?[\s:|]+({DATE})")
_REPLACED = _pattern(rf"{_BEGINS}(?:replaced|superseded|withdrawn)\s+on\s+({DATE})")
_BANNER = re.compile(r"^\W*(?:OUT OF DATE|OUTDATED|OBSOLETE|SUPERSEDED|WITHDRAWN|ARCHIVED|NO LONGER VALID)\b")
_ENDED = _pattern(
    rf"{_THIS}\s+(?:is|was|has\s+been)\s+(?:out\s+of\s+date|outdated|obsolete|superseded|replaced|withdrawn|"
    r"no\s+longer\s+(?:valid|in\s+force))\b|[\[(](?:archived|outdated|out\s+of\s+date|obsolete|superseded)[\])]"
)
_SUPERSEDES = _pattern(
    r"\b(?:supersedes|replaces)\b(?::?\s+(?:the\s+)?(?:old\s+|former\s+)?[\"“]([^\"“”]{3,100})[\"”]"
    r"|:\s+([^|.;\"“]{3,100}))"
)
# Such a title names where somebody goes, not where the document applies.
_DESTINATION = _pattern(r"\b(?:abroad|immigrat|mov(?:e|ing)|per\s+diem|relocat|travel|trips?|visas?)")
_TITLE_PARTS = re.compile(r"\s*[:|(),–—\[\]]\s*|\s+-\s+")


def stated(pairs: Iterable[tuple[str, str]]) -> Facts:
    """Facts from keys and values as front matter and meta tags have them; a list is its key several times."""
    values: dict[str, list[str]] = {name: [] for name in _FIELDS.values()}
    for key, value in pairs:
        name = _FIELDS.get(re.sub(r"[_\s]+", "-", key.strip().lower()))
        if name and value.strip() and len(values[name]) < _MOST_VALUES:
            values[name].append(value.strip()[:_LONGEST_VALUE])
    countries = (code_of(part) for value in values["countries"] for part in re.split(r"[,;/]", value))
    return _facts(
        tuple(dict.fromkeys(filter(None, countries))),
        next(dates(" ".join(values["from"])), None),
        next(dates(" ".join(values["until"])), None),
        tuple(values["supersedes"]),
    )


def completed(document: Document, path: str) -> Facts:
    """What the document states, and what it leaves open from its title, its path and its first lines."""
    said, head = document.facts, list(_head(document))
    found = _facts(_countries(document.title, path), *_times(document.title, head), _superseded(head))
    begins, ends = found.effective_from, found.effective_until
    if said.effective_from or said.effective_until:  # never mixed: half of one pair may contradict the other's
        begins, ends = said.effective_from, said.effective_until
    supersedes = said.supersedes or found.supersedes
    return Facts(said.countries or found.countries, begins, ends, supersedes, said.stated_audience)


def _facts(countries: tuple[str, ...], begins: date | None, ends: date | None, supersedes: tuple[str, ...]) -> Facts:
    """Dates that contradict each other say nothing."""
    if begins and ends and ends < begins:
        begins = ends = None
    return Facts(countries, begins, ends, supersedes)


def _head(document: Document) -> Iterator[str]:
    """The blocks that the document begins with."""
    length = 0
    for section in document.sections:
        for block in section.blocks:
            if length >= _HEAD:
                return
            yield block.text[: _HEAD - length]
            length += len(block.text)


def _times(title: str, head: list[str]) -> tuple[date | None, date | None]:
    begins = _first(_FROM, head)
    ends = _first(_UNTIL, head) or _first(_EXPIRES, head)
    replaced = _first(_REPLACED, head)
    if replaced and not ends:
        ends = replaced - timedelta(days=1)
    if not ends and (any(_BANNER.search(text) or _ENDED.search(text) for text in head) or _ENDED.search(title)):
        ends = begins or date.min  # over, and nobody says since when
    return begins, ends


def _first(pattern: re.Pattern[str], head: list[str]) -> date | None:
    found = (match for text in head for match in pattern.finditer(text))
    return next((day for match in found for day in dates(match.group(1))), None)


def _superseded(head: list[str]) -> tuple[str, ...]:
    found = (match.group(1) or match.group(2) for text in head for match in _SUPERSEDES.finditer(text))
    return tuple(islice((title.strip() for title in found), _MOST_VALUES))


def _countries(title: str, path: str) -> tuple[str, ...]:
    if _DESTINATION.search(title) or _DESTINATION.search(path):
        return ()
    parts = (only_named(part) for part in _TITLE_PARTS.split(title))
    return next(filter(None, parts), ()) or _of_path(PurePosixPath(path))


def _of_path(path: PurePosixPath) -> tuple[str, ...]:
    """A folder named after a country, or anything in a folder of countries that is named after one."""
    found: tuple[str, ...] = ()
    listed = False
    for place, part in enumerate((*path.parent.parts, path.stem)):
        is_folder = place < len(path.parts) - 1
        if is_folder or listed:
            code = code_of(part) if listed and len(part) == 2 else None
            found = (code,) if code else only_named(re.sub(r"[-_]", " ", part)) or found
        listed = listed or part.lower().startswith("countr")
    return found
