"""Which documents are for training and which for the test: whole documents, near copies together. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from retrieval.chunk import digest
from retrieval.near_copies import near_copies


@dataclass(frozen=True, slots=True)
class Sides:
    """The uris on either side."""

    train: frozenset[str]
    test: frozenset[str]

    def is_test(self, uris: Iterable[str]) -> bool:
        """Whether something that rests on these documents belongs to the test: one of them is enough."""
        return not self.test.isdisjoint(uris)


def split(texts: Sequence[tuple[str, str]], share: float, seed: int) -> Sides:
    """Documents, given as uri and text, parted so that about this share of them is for the test.

    The same seed parts the same documents in the same way; a new document moves few others.
    """
    groups = _groups(texts)
    ranked = sorted(groups, key=lambda group: digest(f"{seed}\0{group[0]}"))
    wanted = round(share * len(texts))
    test: set[str] = set()
    for group in ranked:
        if len(test) + len(group) <= wanted:
            test |= set(group)
    return Sides(frozenset(uri for uri, _ in texts) - test, frozenset(test))


def _groups(texts: Sequence[tuple[str, str]]) -> list[list[str]]:
    copies = [[copy.uri for copy in group] for group in near_copies(texts)]
    grouped = {uri for group in copies for uri in group}
    return copies + [[uri] for uri, _ in texts if uri not in grouped]
