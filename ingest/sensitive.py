"""What nobody should read in an answer: keys, ids of persons, bank accounts, payment cards; found and hidden. Pure.

Candidates are found by their form and confirmed by their check digits. Telephone numbers, e-mail addresses, dates and
numbers of invoices stay: they are what people ask for.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum

from stdnum import iban, luhn

from ingest.access_keys import access_keys, begins_private_key, private_keys
from ingest.national_ids import national_ids
from retrieval.document import Block, Document, Section
from retrieval.plain import harmless


class Kind(StrEnum):
    """What can be hidden; the words stand in its place."""

    ACCESS_KEY = "access key"
    PRIVATE_KEY = "private key"
    BANK_ACCOUNT = "bank account"
    PAYMENT_CARD = "payment card"
    NATIONAL_ID = "national id"


_Place = tuple[int, int, Kind]

# What every number that is looked for has, six digits close together, and every key, a long word with a digit.
_NUMBERS = re.compile(r"[0-9](?:[^\w\n|]?[0-9]){5}|[0-9][A-Za-z][0-9]{2}[A-Za-z]|[0-9]{4}[A-Za-z]\b")
_KEYS = re.compile(
    r"(?<![\w+/=.-])(?=[A-Za-z_+/=.-]{0,60}\d)[\w+/=.-]{20}|PRIVATE KEY|://[^\s/:@]*:[^\s/:@]+@|\d:[\w-]{30}"
)
_KEY_LENGTH = 20

_BETWEEN = r"[\s‐-―-]?"  # a space or any dash
# Each place where one may begin, with all that may belong to it.
_IBAN = re.compile(rf"(?<![\w+/=-])(?=([A-Z]{{2}}\d\d(?:{_BETWEEN}[A-Z0-9]){{11,30}}))", re.IGNORECASE)
_CARD = re.compile(
    rf"(?<![\w+/=&#.-])(?<!\d{{4}}\s)(?:\d{{13,19}}|\d{{4}}({_BETWEEN})\d{{6}}\1\d{{4,5}}|"
    rf"\d{{4}}({_BETWEEN})\d{{4}}\2\d{{4}}\2\d{{4}}(?!\2\d{{4}}))(?!\d)"
)
_ISSUED = re.compile(  # by the networks' numbers and their lengths
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2(?:22[1-9]|2[3-9]|[3-6]\d|7[01]|720))\d*|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|"
    r"(?:6011|65\d\d|64[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12}"
)
_GROUP = re.compile(r"\d+")


def without_sensitive(document: Document) -> tuple[Document, Counter[Kind]]:
    """The document with marks in place of what was found, and how often each kind was."""
    found: Counter[Kind] = Counter()
    if not any(map(_may_hold, _texts(document))):
        return document, found
    begun = any(begins_private_key(block.text) for section in document.sections for block in section.blocks)
    title, counts = hidden(document.title, begun=begun)
    found += counts
    sections = []
    for section in document.sections:
        hidden_headings = [hidden(heading, begun=begun) for heading in section.heading_path]
        path = tuple(heading for heading, _ in hidden_headings)
        found += hidden_headings[-1][1] if path else Counter()  # those above have sections of their own
        blocks = []
        for block in section.blocks:
            text, counts = hidden(block.text, begun=begun)
            found += counts
            # An anchor that is made from a heading tells it.
            anchor = "" if path != section.heading_path and block.anchor.startswith("#") else block.anchor
            blocks.append(Block(text, hidden(block.lead, begun=begun)[0], anchor, block.joined))
        sections.append(Section(path, tuple(blocks)))
    supersedes = tuple(hidden(name)[0] for name in document.facts.supersedes)
    return Document(title, tuple(sections), replace(document.facts, supersedes=supersedes)), found


def hidden(text: str, *, begun: bool = False) -> tuple[str, Counter[Kind]]:
    """The text with marks, and counts. `begun`: another block of its document has the header of a private key."""
    places = list(_apart(_places(text, begun=begun))) if begun or _may_hold(text) else []
    if not places:
        return text, Counter()
    parts, end = [], 0
    for start, stop, kind in places:
        parts += [text[end:start], f"[hidden: {kind}]"]
        end = stop
    # A mark beside brackets must not become a link.
    return harmless("".join([*parts, text[end:]])), Counter(kind for _, _, kind in places)


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    for section in document.sections:
        yield from section.heading_path
        for block in section.blocks:
            yield block.text


def _may_hold(text: str) -> bool:
    return bool(_NUMBERS.search(text)) or _may_hold_key(text)


def _may_hold_key(text: str) -> bool:
    long_word = max(map(len, text.split()), default=0) >= _KEY_LENGTH
    return (long_word or "PRIVATE KEY" in text) and bool(_KEYS.search(text))


def _places(text: str, *, begun: bool) -> Iterator[_Place]:
    if begun or _may_hold_key(text):
        yield from ((*place, Kind.PRIVATE_KEY) for place in private_keys(text, begun=begun))
        yield from ((*place, Kind.ACCESS_KEY) for place in access_keys(text))
    if _NUMBERS.search(text):
        yield from ((*place, Kind.BANK_ACCOUNT) for place in _bank_accounts(text))
        yield from ((*place, Kind.PAYMENT_CARD) for place in _payment_cards(text))
        yield from ((*place, Kind.NATIONAL_ID) for place in national_ids(text))


def _apart(places: Iterable[_Place]) -> Iterator[_Place]:
    """In order; of those that overlap the first and longest, grown to the end of the others."""
    held: _Place | None = None
    for start, end, kind in sorted(places, key=lambda place: (place[0], -place[1])):
        if held and start < held[1]:
            held = (held[0], max(end, held[1]), held[2])
        else:
            if held:
                yield held
            held = (start, end, kind)
    if held:
        yield held


def _bank_accounts(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        for end in _ends(text, *match.span(1)):
            if iban.is_valid(text[match.start() : end], check_country=False):
                yield match.start(), end
                break


def _payment_cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        groups = _GROUP.findall(match.group())
        number = "".join(groups)
        round_numbers = len(groups) > 1 and all(group.endswith("00") for group in groups)  # a row of amounts
        if _ISSUED.fullmatch(number) and not round_numbers and luhn.is_valid(number):
            yield match.span()


def _ends(text: str, start: int, end: int) -> list[int]:
    """Where a number that may run into the words and numbers behind it may end, the farthest first."""
    return [
        place for place in range(end, start, -1) if text[place - 1].isalnum() and not text[place : place + 1].isalnum()
    ]
