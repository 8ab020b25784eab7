"""The source seam: what there is to ingest, without reading it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from retrieval.access import Audience
from retrieval.document import Document


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a source.

    `path` is relative to the source and becomes the tail of the uri. `stamp` changes when the content may have.
    `load` gives the bytes; `read` makes a document of them. `fleeting` says that text which a new version lacks is
    forgotten: people take back what they wrote.
    """

    path: str
    stamp: str
    audience: Audience
    load: Callable[[], bytes]
    read: Callable[[bytes], Document]
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Unlisted:
    """Something the source cannot offer as an item, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a source's list; `reached` is called once everything before it is stored."""

    reached: Callable[[], None]


Listed = Item | Unlisted | Mark


class Source(Protocol):
    """Lists items. Listing again after nothing changed gives the same paths and stamps."""

    @property
    def kind(self) -> str:
        """`folder`, `file`, `slack-export`, ..."""
        ...

    @property
    def location(self) -> str:
        """Identity: ingesting the same location again updates the same source."""
        ...

    @property
    def name(self) -> str:
        """What uris of its documents begin with, unless another source already has that name."""
        ...

    def items(self) -> Iterable[Listed]:
        """Everything there is, in a stable order."""
        ...

    def covers(self, path: str) -> bool:
        """Whether a document at this path would be listed if it still existed; else its absence says nothing."""
        ...

    def members(self) -> Mapping[str, Iterable[str]]:
        """Audiences that this source knows the members of: audience id to e-mail addresses."""
        ...

    def remarks(self) -> Iterable[str]:
        """What a person should know of the whole, once all items were listed; a sentence each."""
        ...
