"""Dates in running text, in the ISO form and the English ones: 2026-01-31, 31 January 2026, January 31, 2026. Pure."""

import re
from collections.abc import Iterator
from datetime import date

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_ENDING = r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?\.?"  # generous: no other words begin so beside a number
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:19|20)\d\d"
# For larger patterns: case is theirs to ignore, and nothing in it is captured.
DATE = (
    rf"(?:\b{_YEAR}-\d\d-\d\d|\b{_DAY}(?:\s+of)?\s+{_MONTH}{_ENDING},?\s+{_YEAR}|"
    rf"\b{_MONTH}{_ENDING}\s+{_DAY},?\s+{_YEAR})\b"
)
_ONE = re.compile(DATE, re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_NAME = re.compile(rf"\b{_MONTH}", re.IGNORECASE)
_MONTHS = _MONTH[3:-1].split("|")


def dates(text: str) -> Iterator[date]:
    """The dates of a text in its order; what no calendar has is left out."""
    for match in _ONE.finditer(text):
        numbers = [int(number) for number in _NUMBER.findall(match.group())]
        name = _NAME.search(match.group())
        if name:  # the day, the name, the year
            numbers = [numbers[1], 1 + _MONTHS.index(name.group().lower()), numbers[0]]
        try:
            yield date(*numbers)
        except ValueError:
            continue
