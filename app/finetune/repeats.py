"""Questions that say nearly the same as one before: MinHash finds them, the exact share of words decides."""

from collections.abc import Iterable
from itertools import pairwise
from zlib import crc32

from datasketch import MinHash, MinHashLSH

from retrieval.terms import content_terms, terms

SIMILAR = 0.8  # share of the words and word pairs
_PERMUTATIONS = 64
_SEARCHED = 0.6  # lower than what decides, because the estimate is off by about 0.06


class Repeats:
    """Remembers questions and tells which ones say nearly the same."""

    def __init__(self, questions: Iterable[str] = ()) -> None:
        self._index = MinHashLSH(threshold=_SEARCHED, num_perm=_PERMUTATIONS)
        self._marks: dict[str, frozenset[str]] = {}
        for question in questions:
            self.add(question)

    def add(self, question: str) -> None:
        """Remember a question."""
        marks = _marks(question)
        key = " ".join(sorted(marks))
        if marks and key not in self._marks:
            self._marks[key] = marks
            self._index.insert(key, _sketch(marks))

    def holds(self, question: str) -> bool:
        """Whether a question that says nearly the same is remembered."""
        marks = _marks(question)
        near = self._index.query(_sketch(marks)) if marks else []
        return any(_share(marks, self._marks[key]) >= SIMILAR for key in near)

    def is_new(self, question: str) -> bool:
        """The same the other way round; a new one is remembered."""
        if self.holds(question):
            return False
        self.add(question)
        return True


def _marks(question: str) -> frozenset[str]:
    """The words that carry meaning, and all pairs of neighbouring words; numbers count like words."""
    said = terms(question)
    return frozenset(content_terms(question)) | {f"{one} {other}" for one, other in pairwise(said)}


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)


def _sketch(marks: frozenset[str]) -> MinHash:
    sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=crc32)
    sketch.update_batch([mark.encode() for mark in sorted(marks)])
    return sketch
