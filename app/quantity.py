"""What kind of number a question asks for, and whether a sentence holds one. Pure."""

import re

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_NUMBER = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half|once|twice|double"
_ASKS_AMOUNT = re.compile(
    r"\bhow (?:many|much|long|often|far|big|high|old)\b|\b(?:what|which) (?:amount|percentage|rate|number|share)\b",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(
    r"\bhow (?:soon|early|late|fast|quick(?:ly)?)\b|\bwhen\b|\b(?:what|which) (?:time|date|day|month)\b|\bdeadline\b",
    re.IGNORECASE,
)
# A number that is no year and no day of a month.
_AMOUNT = re.compile(
    rf"(?<![\d.,-])(?!(?:19|20)\d\d(?!\d))\d[\d.,]*(?![\d.,]|\s*(?:{_MONTH})\b)|\b(?:{_NUMBER})\b", re.IGNORECASE
)
_TIME = re.compile(rf"\d|\b(?:{_MONTH}|{_DAY}|{_NUMBER}|immediately)\b", re.IGNORECASE)


def wanted(question: str) -> re.Pattern[str] | None:
    """What a sentence that answers should hold: an amount, a time, or nothing in particular."""
    if _ASKS_AMOUNT.search(question):
        return _AMOUNT
    return _TIME if _ASKS_TIME.search(question) else None
