"""Countries: ISO 3166 alpha-2 codes, English names, and where a text names one. Pure.

The table is our own: libraries know names but no adjectives, and weigh 20 to 30 MB (docs/decisions.md).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

_WORD = re.compile(r"[^\W\d_]+")
# An adjective says where a rule applies only with one of these: "the German office", but not "German lessons".
_PLACES_AND_RULES = """
    branch colleague colleagues company contract contracts employee employees employer entity law laws office offices
    payroll policies policy rule rules site sites staff subsidiary supplement team teams worker workers
"""
_AFTER_ADJECTIVES = frozenset(_PLACES_AND_RULES.split())
_FILLING = "addendum and annex appendix country for handbook in local only the"
_BESIDES = _AFTER_ADJECTIVES | frozenset(_FILLING.split())
_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """`names` and `adjectives` are by words, in lower case unless they are abbreviations."""

    titles: Mapping[str, str]
    names: Mapping[_Words, str]
    adjectives: Mapping[_Words, str]
    unsure: frozenset[_Words]  # names that as often mean something else: Georgia, Jordan
    longest: Mapping[str, int]  # words of the longest name that begins with this one


def is_code(code: str) -> bool:
    """Whether this is an ISO 3166 alpha-2 code."""
    return code in _table().titles


def name_of(code: str) -> str:
    """The country's English name."""
    return _table().titles[code]


def code_of(stated: str) -> str | None:
    """The code for what states a country and nothing else: a code, a name or a usual abbreviation."""
    code = stated.strip().upper()
    return code if is_code(code) else _get(_table().names, tuple(_WORD.findall(stated)))


def named(text: str) -> frozenset[str]:
    """The countries that a text names: by name, or by an adjective before an office, a team or a rule."""
    return frozenset(code for code, _ in _named(_WORD.findall(text)))


def only_named(text: str) -> tuple[str, ...]:
    """The countries of a text that says nothing else: `UK and Ireland`, `Germany supplement`, `the Dutch office`."""
    words = _WORD.findall(text)
    found = dict(_named(words))
    besides = [word for word in words if word.lower() in _BESIDES]
    return tuple(found) if sum(found.values()) + len(besides) == len(words) else ()


def _named(words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Codes with the number of words that name each, the longest names first."""
    place = 0
    while place < len(words):
        length = min(_table().longest.get(words[place].lower(), 0), len(words) - place)
        while length and not (code := _code_at(words, place, length)):
            length -= 1
        if length:
            yield code, length
        place += max(1, length)


def _code_at(words: Sequence[str], place: int, length: int) -> str:
    table, name, after = _table(), tuple(words[place : place + length]), words[place + length : place + length + 1]
    if after and after[0].lower() in _AFTER_ADJECTIVES and (code := _get(table.adjectives, name)):
        return code
    return "" if _lowered(name) in table.unsure else _get(table.names, name) or ""


def _get(table: Mapping[_Words, str], words: _Words) -> str | None:
    return table.get(words) or table.get(_lowered(words))


def _lowered(words: _Words) -> _Words:
    return tuple(word.lower() for word in words)


@cache
def _table() -> _Table:
    """Lines `CODE|Name; other names|adjectives`; a question mark before a name: unsure in running text."""
    titles, unsure = {}, set()
    names: dict[_Words, str] = {}
    adjectives: dict[_Words, str] = {}
    for line in (resources.files("retrieval") / "countries.txt").read_text(encoding="utf-8").splitlines():
        code, called, derived = line.split("|")
        titles[code] = called.split("; ")[0].removeprefix("?")
        names |= {_key(name): code for name in called.split("; ")}
        unsure |= {_key(name) for name in called.split("; ") if name.startswith("?")}
        adjectives |= {_key(adjective): code for adjective in derived.split("; ") if adjective}
    longest: dict[str, int] = {}
    for words in (*names, *adjectives):
        longest[words[0].lower()] = max(len(words), longest.get(words[0].lower(), 0))
    return _Table(titles, names, adjectives, frozenset(unsure), longest)


def _key(name: str) -> _Words:
    """Abbreviations keep their capitals: `US` is a country, `us` is not."""
    words = tuple(_WORD.findall(name))
    return words if all(word.isupper() for word in words) else _lowered(words)
