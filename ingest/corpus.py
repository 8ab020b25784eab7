"""A source of Markdown texts at hand, for evaluation sets: each has an id and a title of its own."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ingest import reader
from ingest.source import Item
from retrieval.access import EVERYONE, Audience
from retrieval.chunk import digest
from retrieval.document import Document


@dataclass(frozen=True, slots=True)
class CorpusText:
    """One document of the set."""

    id: str
    title: str
    text: str


class Corpus:
    """All texts of one set; their uris are `name/id`."""

    kind = "corpus"

    def __init__(self, name: str, texts: Iterable[CorpusText]) -> None:
        self.name = name
        self.location = f"corpus:{name}"
        self._texts = list(texts)

    def items(self) -> Iterator[Item]:
        """One item a text, for everyone."""
        for text in self._texts:
            yield Item(text.id, digest(text.title + text.text), Audience(EVERYONE), text.text.encode, _reading(text))

    def covers(self, path: str) -> bool:
        """The set is all there is."""
        return True

    def members(self) -> Mapping[str, Iterable[str]]:
        """Nobody is known."""
        return {}

    def remarks(self) -> Iterable[str]:
        """Nothing."""
        return ()


def _reading(text: CorpusText) -> "_Read":
    return _Read(text.title)


@dataclass(frozen=True, slots=True)
class _Read:
    """Reads Markdown and gives it the title that the set states."""

    title: str

    def __call__(self, data: bytes) -> Document:
        document = reader.read(data, "text.md")
        return replace(document, title=self.title or document.title)
