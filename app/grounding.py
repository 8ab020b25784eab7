"""Checking a model's text while it streams: numbers, links and markup that no source gave are taken out. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence

from retrieval.passage import Passage
from retrieval.plain import harmless
from retrieval.prompt import REFUSAL
from retrieval.sentences import sentences
from retrieval.terms import content_terms

LINK_REMOVED = "[link removed]"
_MARK = re.compile(r"\[(\d+(?:\s*[,;]\s*\d+)*)\]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]+", re.IGNORECASE)
_HELD_AT_MOST = 400


def grounded(pieces: Iterable[str], passages: Sequence[Passage]) -> Iterator[str]:
    """The same text in pieces that end at white space, each checked. Gives nothing when the model refuses."""
    numbers = {passage.number for passage in passages}
    known = "\n".join(passage.text for passage in passages)
    held = ""
    begun = False
    for piece in pieces:
        held += piece
        if not begun and REFUSAL.startswith(held.strip()):
            continue  # it may become the refusal
        if not begun and held.strip().startswith(REFUSAL):
            return
        begun = True
        safe = _safe_length(held)
        if safe:
            yield checked(held[:safe], numbers, known)
            held = held[safe:]
    if held.strip() and (begun or held.strip() != REFUSAL):
        yield checked(held, numbers, known)


def checked(text: str, numbers: set[int], known: str) -> str:
    """The text with known citation numbers only, links that a source holds only, and no markup."""
    text = _MARK.sub(lambda match: _marks(match.group(1), numbers), text)
    text = _URL.sub(lambda match: match.group() if match.group().rstrip(".,;") in known else LINK_REMOVED, text)
    return harmless(text)


def cited(answer: str) -> list[int]:
    """The numbers in an answer, in order of first mention."""
    return list(dict.fromkeys(int(number) for mark in _MARK.findall(answer) for number in re.findall(r"\d+", mark)))


def claim_of(answer: str, number: int) -> str:
    """The sentence that a number stands behind."""
    before = answer[: answer.index(f"[{number}]")]
    said = sentences(_MARK.sub("", before))
    return said[-1].text if said else answer


def support(claim: str, passage: Passage) -> tuple[int, int]:
    """The span of the passage's sentence that shares most terms with the claim."""
    wanted = set(content_terms(claim))
    best = max(sentences(passage.text), key=lambda unit: len(wanted & set(content_terms(unit.text))))
    return best.start, best.end


def _marks(inner: str, numbers: set[int]) -> str:
    return "".join(f"[{number}]" for number in re.findall(r"\d+", inner) if int(number) in numbers)


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
