"""What a model may learn from: documents inside the set's audiences, from sources that allow it. Unknown means no."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine

from retrieval.access import Scope
from retrieval.ledger.documents import Entry, entries
from retrieval.ledger.runs import SourceEntry, listed_sources

_WRITTEN_BY_US = "verified-answers"  # its documents are answers; they are learned from as such, never as sources
_SLACK = "slack:"


@dataclass(frozen=True, slots=True)
class Permission:
    """`documents` may be shown and learned from, by uri; `closed` are all others; `places` are Slack's that may."""

    scope: Scope
    documents: Mapping[str, Entry]
    closed: frozenset[str]
    places: tuple[str, ...]

    def allows(self, uris: Iterable[str]) -> bool:
        """Whether all of these documents may be learned from."""
        return all(uri in self.documents for uri in uris)

    def allows_place(self, place: str) -> bool:
        """Whether words that were said there may be learned from: in Slack only where its source allows it."""
        return not place.startswith(_SLACK) or place.startswith(self.places)


def permission(engine: Engine, scope: Scope) -> Permission:
    """As the ledger and the admin's choices are now."""
    sources = {source.name: source for source in listed_sources(engine)}
    known = entries(engine)
    open_ones = {one.uri: one for one in known if one.audience in scope and _may_train(sources.get(one.source))}
    places = tuple(f"{one.location}/" for one in sources.values() if one.may_train and one.location.startswith(_SLACK))
    return Permission(scope, open_ones, frozenset(one.uri for one in known) - open_ones.keys(), places)


def _may_train(source: SourceEntry | None) -> bool:
    return source is not None and source.may_train and source.kind != _WRITTEN_BY_US
