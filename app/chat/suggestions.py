"""Questions that go on from an answer: about what stands beside the cited passages, inside the reader's scope."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Engine

from app.access import Caller
from app.conversations import Conversations, Said
from app.desk import Desk
from retrieval.access import Scope
from retrieval.ledger import lookup
from retrieval.ledger.lookup import Found

_MOST = 3
_NEAR = 12  # chunks before and after the cited one
_LONGEST = 60  # characters of a heading that makes a question


def suggested(desk: Desk, conversations: Conversations, caller: Caller, conversation: str) -> list[str]:
    """Up to three questions after the last answer, each of which the documents answer. None where it cites nothing."""
    said = conversations.transcript(caller, conversation)
    if not said or not said[-1].citations:
        return []
    asked = {one.text for one in said if one.role == "user"}
    found: list[str] = []
    for question in _candidates(desk.engine, said[-1], caller.scope):
        if question not in asked and question not in found and _is_answered(desk, caller, question):
            found.append(question)
        if len(found) == _MOST:
            break
    return found


def _is_answered(desk: Desk, caller: Caller, question: str) -> bool:
    finding = desk.retriever.find(question, caller.scope, 1, caller.country)
    return bool(finding.passages) and finding.answerable >= desk.threshold


def _candidates(engine: Engine, answer: Said, scope: Scope) -> Iterator[str]:
    cited = list(dict.fromkeys(citation.chunk for citation in answer.citations))
    known = lookup.find(engine, cited, scope)
    used = {one.chunk.heading_path for one in known.values()}
    for place in filter(None, map(known.get, cited)):
        around = lookup.between(engine, place.chunk.uri, place.ordinal - _NEAR, place.ordinal + _NEAR, scope)
        yield from _about(_nearest_first(around, place.ordinal), used)


def _nearest_first(around: Sequence[Found], ordinal: int) -> list[Found]:
    """What follows comes before what precedes."""
    return sorted(around, key=lambda one: (one.ordinal < ordinal, abs(one.ordinal - ordinal)))


def _about(around: Sequence[Found], used: set[tuple[str, ...]]) -> Iterator[str]:
    for one in around:
        heading = one.chunk.heading_path[-1].strip() if one.chunk.heading_path else ""
        is_new = heading != one.chunk.title and one.chunk.heading_path not in used
        if heading and is_new and len(heading) <= _LONGEST:
            yield heading if heading.endswith("?") else f"{one.chunk.title}: {heading}?"
