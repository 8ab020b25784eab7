"""Checking a model's text while it streams: numbers, links and markup that no source gave are taken out. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import chain

from retrieval.passage import Passage
from retrieval.plain import harmless
from retrieval.prompt import REFUSAL
from retrieval.sentences import sentences
from retrieval.terms import content_terms

LINK_REMOVED = "[link removed]"
_MARK = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_HELD_AT_MOST = 400
_DIGITS = 9  # of a number at most; no source has a longer one


def grounded(pieces: Iterable[str], passages: Sequence[Passage]) -> Iterator[str]:
    """The same text in pieces that end at white space, each checked. Gives nothing when the model refuses.

    Where the text is cut depends on the text alone, not on the pieces it comes in.
    """
    numbers = {passage.number for passage in passages}
    links = {_bare(link) for passage in passages for link in _URL.findall(passage.text)}
    held = ""
    begun = False
    for character in chain.from_iterable(pieces):
        held += character
        begun = begun or not REFUSAL.startswith(held.strip())
        if held.strip() == REFUSAL and not begun:
            return
        if begun and character.isspace():
            safe = _safe_length(held)
            if safe:
                yield checked(held[:safe], numbers, links)
                held = held[safe:]
    if held.strip():
        yield checked(held, numbers, links)


def checked(text: str, numbers: Set[int], links: Set[str]) -> str:
    """The text with known citation numbers only, links that a source holds only, and no markup."""
    before = ""
    while text != before:  # taking one thing out may leave another
        before = text
        text = harmless(_MARK.sub(lambda match: _marks(match.group(1), numbers), text))
        text = _URL.sub(lambda match: match.group() if _bare(match.group()) in links else LINK_REMOVED, text)
    return text


def cited(answer: str) -> list[int]:
    """The numbers in an answer, in order of first mention."""
    return list(dict.fromkeys(number for mark in _MARK.findall(answer) for number in _numbers(mark)))


def claim_of(answer: str, number: int) -> str:
    """The sentence that a number stands behind."""
    mark = next(mark for mark in _MARK.finditer(answer) if number in _numbers(mark.group(1)))
    said = sentences(_MARK.sub("", answer[: mark.start()]))
    return said[-1].text if said else answer


def support(claim: str, passage: Passage) -> tuple[int, int]:
    """The span of the passage's sentence that shares most terms with the claim."""
    wanted = set(content_terms(claim))
    best = max(sentences(passage.text), key=lambda unit: len(wanted & set(content_terms(unit.text))))
    return best.start, best.end


def _bare(link: str) -> str:
    return link.rstrip(".,;:!?*_")


def _marks(inner: str, numbers: Set[int]) -> str:
    return "".join(f"[{number}]" for number in _numbers(inner) if number in numbers)


def _numbers(inner: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", inner) if len(number) <= _DIGITS]


def _safe_length(held: str) -> int:
    """How much can be released: up to the last white space outside an open bracket or tag."""
    end = max(held.rfind(" "), held.rfind("\n")) + 1
    for opening, closing in (("[", "]"), ("<", ">")):
        opened = held.rfind(opening, 0, end)
        if opened >= 0 and closing not in held[opened:end] and end - opened < _HELD_AT_MOST:
            end = opened
    # "[label] (" or "](" may still become a link.
    bracket = held.rfind("](", 0, end)
    if bracket >= 0 and ")" not in held[bracket:end] and end - bracket < _HELD_AT_MOST:
        end = held.rfind("[", 0, bracket + 1)
    return max(0, end)
