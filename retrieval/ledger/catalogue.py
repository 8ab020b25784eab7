"""The list of all documents for whoever keeps them: filtered, a page at a time. Without a scope: not for answering."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, Text, cast, func, select

from retrieval.ledger.documents import Entry, entries_at
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import chunks, documents


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents: `words` stand in the title or uri; empty means any. `flagged`: only those to look at."""

    words: str = ""
    uri: str = ""
    source: str = ""
    audience: str = ""
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the documents, by uri, and how many there are in all."""

    total: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as it lies in its document."""

    id: str
    heading: str
    text: str


def page(engine: Engine, wanted: Wanted, first: int = 0, most: int = 50) -> Page:
    """The documents from the `first` one on."""
    matching = _matching(wanted)
    query = select(documents.c.uri).where(*matching).order_by(documents.c.uri).offset(first).limit(most)
    with reading(engine) as connection:
        total = connection.execute(select(func.count()).select_from(documents).where(*matching)).scalar_one()
        uris = list(connection.execute(query).scalars())
    found = entries_at(engine, uris)
    return Page(total, tuple(found[uri] for uri in uris if uri in found))


def passages(engine: Engine, uri: str) -> list[Passage]:
    """A document's answerable chunks, in order."""
    query = select(chunks).where(chunks.c.uri == uri, chunks.c.ordinal.is_not(None)).order_by(chunks.c.ordinal)
    with reading(engine) as connection:
        return [Passage(row.id, " > ".join(row.heading_path), row.text) for row in connection.execute(query)]


def counted(engine: Engine, by: str) -> dict[str, int]:
    """How many documents each `source` or `audience` has."""
    column = documents.c[by]
    with reading(engine) as connection:
        rows = connection.execute(select(column, func.count()).group_by(column))
        return {str(name): int(count) for name, count in rows}


def _matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    title, uri = documents.c.title, documents.c.uri
    found: list[ColumnElement[bool]] = [
        title.icontains(word, autoescape=True) | uri.icontains(word, autoescape=True) for word in wanted.words.split()
    ]
    if wanted.uri:
        found.append(uri == wanted.uri)
    if wanted.source:
        found.append(documents.c.source == wanted.source)
    if wanted.audience:
        found.append(documents.c.audience == wanted.audience)
    if wanted.flagged:
        found.append(cast(documents.c.concerns, Text) != "[]")
    return found
