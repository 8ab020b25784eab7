"""Texts that say the same: of near-duplicates the best-ranked one is read; what differs in a number is none. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from retrieval.chunk import Chunk
from retrieval.country import AnyHit

_SAME = 0.9  # Jaccard similarity of the word triples
_TELLING = 12  # words; a shorter text says the same as another one only under the same title
_WORD = re.compile(r"\w+")
_NEGATIONS = frozenset(["cannot", "never", "no", "not", "without"])


@dataclass(frozen=True)
class _Print:
    """What is compared of a text. `decisive` words, numbers and negations, must be the same in both."""

    title: str
    words: tuple[str, ...]

    @cached_property
    def decisive(self) -> list[str]:
        return sorted(word for word in self.words if word in _NEGATIONS or not word.isalpha())

    @cached_property
    def triples(self) -> frozenset[tuple[str, ...]]:
        return frozenset(zip(self.words, self.words[1:], self.words[2:], strict=False))


def distinct(hits: Sequence[AnyHit], wanted: int) -> list[list[AnyHit]]:
    """The first `wanted` hits that say something of their own, each followed by later ones that repeat it."""
    groups: list[list[AnyHit]] = []
    prints: list[_Print] = []
    for hit in hits:
        new = _print(hit.found.chunk)
        place = next((place for place, kept in enumerate(prints) if _same(kept, new)), None)
        if place is not None:
            groups[place].append(hit)
        elif len(groups) == wanted:
            break
        else:
            groups.append([hit])
            prints.append(new)
    return groups


def _print(chunk: Chunk) -> _Print:
    return _Print(chunk.title.casefold(), tuple(_WORD.findall(" ".join([*chunk.heading_path, chunk.text]).casefold())))


def _same(one: _Print, other: _Print) -> bool:
    fewer, more = sorted((len(one.words), len(other.words)))
    if fewer < _SAME * more or (fewer < _TELLING and one.title != other.title):
        return False
    if one.words == other.words:
        return True
    if one.decisive != other.decisive:
        return False
    shared = len(one.triples & other.triples)
    return shared >= _SAME * (len(one.triples) + len(other.triples) - shared) > 0
