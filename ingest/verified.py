"""A source of answers that somebody approved: each is a document whose title is the question."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from ingest.source import Item
from retrieval.access import Audience
from retrieval.chunk import digest
from retrieval.document import Block, Document, Section
from retrieval.plain import storable


@dataclass(frozen=True, slots=True)
class ApprovedAnswer:
    """One question with its answer. `audience.contact` is who answers for it."""

    id: str
    question: str
    answer: str
    audience: Audience


class VerifiedAnswers:
    """All approved answers; their uris are `verified-answers/ID`."""

    kind = "verified-answers"
    name = "verified-answers"
    location = "verified-answers"

    def __init__(self, answers: Sequence[ApprovedAnswer]) -> None:
        self._answers = answers

    def items(self) -> Iterator[Item]:
        """One item an answer."""
        for one in self._answers:
            stamp = digest(f"{one.question}\n{one.answer}")
            yield Item(one.id, stamp, one.audience, one.answer.encode, partial(_document, one.question))

    def covers(self, _path: str) -> bool:
        """These are all there are."""
        return True

    def members(self) -> Mapping[str, Iterable[str]]:
        """Nobody is known."""
        return {}

    def remarks(self) -> Iterable[str]:
        """Nothing."""
        return ()


def _document(question: str, data: bytes) -> Document:
    paragraphs = [part for part in storable(data.decode()).split("\n") if part.strip()]
    return Document(storable(question), (Section((), tuple(Block(part) for part in paragraphs)),))
