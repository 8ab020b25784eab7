"""The value of a spreadsheet's cell as people see it: rounded and with its sign, where its format says so. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_QUOTED = re.compile(r'"([^"]*)"|\\(.)')
_NO_TEXT = re.compile(r"_.|\*.|\[(?!\$)[^\]]*\]")  # a gap, a filler, a colour or a condition
_CURRENCY = re.compile(r"\[\$([^\]-]*)[^\]]*\]")
_DIGITS = re.compile(r"([#0?][#0?,]*)(?:\.([#0?]+))?,*")
_UNUSUAL = re.compile(r",\.|,$|[/@E?]|General", re.IGNORECASE)  # in thousands, a fraction, text, an exponent
_SHOWN_DIGITS = 11  # of a number without a format
_LARGEST = 10**15  # beyond that no digit is exact
_HIDING = ";;;"


@dataclass(frozen=True, slots=True)
class _Format:
    """What stands before and after the digits, and how many of them there are."""

    before: str
    after: str
    digits: int
    decimals: int
    optional_decimals: int
    is_grouped: bool


def shown(value: object, number_format: str) -> str:
    """Text as it is; times in the ISO form, which says the same everywhere; numbers by their format."""
    text = str(value)
    if value is None or number_format == _HIDING:
        text = ""
    elif isinstance(value, bool):
        text = text.upper()
    elif isinstance(value, int | float):
        text = _number(value, _parsed(number_format))
    elif isinstance(value, datetime):
        text = value.strftime(_time_pattern(number_format))
    elif isinstance(value, time):
        text = value.isoformat("minutes")
    elif isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        text = f"{minutes // 60}:{minutes % 60:02}"
    return text


def _number(value: float, kind: _Format | None) -> str:
    if kind is None or not abs(value) < _LARGEST:
        return str(value) if isinstance(value, int) else f"{value:.{_SHOWN_DIGITS}g}"
    exact = Decimal(str(abs(value))) * (100 if "%" in kind.before + kind.after else 1)
    exact = exact.quantize(Decimal(1).scaleb(-kind.decimals), ROUND_HALF_UP)
    text = f"{exact:,f}" if kind.is_grouped else f"{exact:f}"
    for _ in range(kind.optional_decimals):
        text = text.removesuffix("0")
    sign = "-" if value < 0 and exact else ""
    return f"{sign}{kind.before}{text.removesuffix('.').zfill(kind.digits)}{kind.after}".strip()


@lru_cache(1000)
def _parsed(number_format: str) -> _Format | None:
    """The format of positive numbers; nothing where it is none of the usual ones."""
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match.group(1) or match.group(2) or "")
        return "\0"

    def restored(text: str) -> str:
        return "".join(literals.pop(0) if character == "\0" else character for character in text)

    pattern = _QUOTED.sub(keep, number_format).partition(";")[0]
    pattern = _CURRENCY.sub(r"\1", _NO_TEXT.sub("", pattern))
    places = list(_DIGITS.finditer(pattern))
    if len(places) != 1 or _UNUSUAL.search(places[0].group()) or _UNUSUAL.search(pattern):
        return None
    whole, decimals = places[0].group(1), places[0].group(2) or ""
    return _Format(
        restored(pattern[: places[0].start()]),
        restored(pattern[places[0].end() :]),
        whole.count("0"),
        len(decimals),
        decimals.count("#"),
        "," in whole,
    )


def _time_pattern(number_format: str) -> str:
    pattern = _QUOTED.sub("", number_format).lower()
    day = "%Y-%m-%d" if "d" in pattern or "m" not in pattern or "h" in pattern else "%Y-%m"
    return f"{day} %H:%M" if "h" in pattern else day
