"""Documents that are nearly the same, for whoever keeps them: MinHash over word triples. Nothing is merged.

For a list only: what a question finds is compared exactly and inside the asker's scope, in duplicates.py.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from zlib import crc32

from datasketch import MinHash, MinHashLSH

_WORD = re.compile(r"\w+")
_PERMUTATIONS = 128  # the estimate is off by about 0.03
_SIMILAR = 0.8  # share of the word triples


@dataclass(frozen=True, slots=True)
class Copy:
    """A document and how similar it is to the first one of its group, 0..1; 1 for the same words in the same order."""

    uri: str
    similarity: float


@dataclass(frozen=True, slots=True)
class _Sketch:
    """What is kept of a text."""

    triples: MinHash
    whole: bytes

    def similarity(self, other: "_Sketch") -> float:
        if self.whole == other.whole:
            return 1.0
        return min(0.99, float(self.triples.jaccard(other.triples)))


def near_copies(texts: Iterable[tuple[str, str]]) -> list[list[Copy]]:
    """Groups of documents, given as uri and text, each led by the one that came first; what has no copy is left out."""
    index = MinHashLSH(threshold=_SIMILAR, num_perm=_PERMUTATIONS)
    firsts: dict[str, _Sketch] = {}
    groups: dict[str, list[Copy]] = {}
    for uri, text in texts:
        sketch = _sketch(text)
        close = ((sketch.similarity(firsts[first]), first) for first in index.query(sketch.triples))
        similarity, first = max(close, default=(0.0, ""))
        if similarity >= _SIMILAR:
            groups[first].append(Copy(uri, similarity))
        else:
            index.insert(uri, sketch.triples)
            firsts[uri] = sketch
            groups[uri] = [Copy(uri, 1.0)]
    return [group for group in groups.values() if len(group) > 1]


def _sketch(text: str) -> _Sketch:
    words = _WORD.findall(text.casefold())
    whole = " ".join(words).encode()
    triples = {" ".join(triple).encode() for triple in zip(words, words[1:], words[2:], strict=False)}
    sketch = MinHash(num_perm=_PERMUTATIONS, hashfunc=crc32)
    sketch.update_batch(triples or [whole])
    return _Sketch(sketch, blake2b(whole).digest())
