"""By what a text is recognised elsewhere: every run of eight of its words, as stems. Pure."""

import json
import re
from collections.abc import Iterable, Mapping

from retrieval.terms import terms

LENGTH = 8  # words; people's own sentences do not agree with a document's over so many by chance
_WRITTEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

Shingle = tuple[str, ...]


def shingles(text: str) -> set[Shingle]:
    """All of a text; none of one that is shorter."""
    return set(_runs(terms(text)))


def written(texts: Iterable[str]) -> dict[Shingle, set[str]]:
    """All of several texts, each with the words as they are written there."""
    found: dict[Shingle, set[str]] = {}
    for text in texts:
        spans = [(stem, match) for match in _WRITTEN.finditer(text) for stem in terms(match[0])]
        for place, run in enumerate(_runs([stem for stem, _ in spans])):
            first, last = spans[place][1], spans[place + LENGTH - 1][1]
            found.setdefault(run, set()).add(text[first.start() : last.end()])
    return found


def patterns(stretches: Mapping[Shingle, Iterable[str]]) -> set[bytes]:
    """What files hold where they hold one of these: the words as written, the same in JSON, or the stems."""
    stems = {" ".join(run) for run in stretches}
    words = {words for spellings in stretches.values() for words in spellings}
    return {form.encode() for form in stems | words | {json.dumps(one)[1:-1] for one in words}}


def _runs(stems: list[str]) -> Iterable[Shingle]:
    return zip(*(stems[place:] for place in range(LENGTH)), strict=False)
