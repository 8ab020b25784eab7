"""What happens while a question is answered, as values that travel between server and front ends.

Found · Waits... · Token... · Done | Refused | Failed. Exactly one of the last three ends every accepted question.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

from retrieval.budget import TokenUse

VERIFIED = "verified"  # the model's name where an answer that a person approved is given word for word


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage as it was given to the answerer. `relevance` is 0..1, `chunk` opens it again."""

    number: int
    uri: str
    title: str
    heading: str
    text: str
    relevance: float
    chunk: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that the answer cites, with the words it rests on, verbatim. `anchor` is where a link should lead.

    `relevance` is 0..1, as in `Source`; 0 where it was not kept.
    """

    number: int
    uri: str
    title: str
    quote: str
    anchor: str
    chunk: str
    start: int
    end: int
    relevance: float = 0.0


@dataclass(frozen=True, slots=True)
class Near:
    """A document close to a question that the documents do not answer."""

    title: str
    uri: str
    chunk: str


@dataclass(frozen=True, slots=True)
class Found:
    """The sources for the answer; `question` is what was searched for, history resolved.

    `better_in_private`: the asker alone may read what ranks above them, others who see the answer may not.
    """

    question: str
    sources: tuple[Source, ...]
    conversation: str
    better_in_private: bool = False
    kind: Literal["found"] = "found"


@dataclass(frozen=True, slots=True)
class Waits:
    """The language model is busy with others; `before` questions are answered before this one. Told again and again."""

    before: int
    conversation: str
    kind: Literal["waits"] = "waits"


@dataclass(frozen=True, slots=True)
class Token:
    """The next piece of the answer: plain text with `[number]` marks, never markup."""

    text: str
    kind: Literal["token"] = "token"


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer. `answer_id` names it for feedback; empty where nothing is kept.

    `instead_of`: the language model that failed or was too slow, so that (from where it broke off) quotes answer.
    """

    answer: str
    citations: tuple[Citation, ...]
    tokens: TokenUse
    timings_ms: dict[str, float]
    conversation: str
    model: str
    answer_id: str = ""
    instead_of: str = ""
    kind: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Refused:
    """The documents do not say; `answer` is the whole refusal, `answer_id` names it for feedback."""

    answer: str
    contact: str
    closest: tuple[Near, ...]
    tokens: TokenUse
    timings_ms: dict[str, float]
    conversation: str
    answer_id: str = ""
    kind: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Failed:
    """Something went wrong; `error` is the id under which the log tells what."""

    message: str
    error: str
    retryable: bool
    conversation: str
    timings_ms: dict[str, float] = field(default_factory=dict)
    kind: Literal["failed"] = "failed"


AnswerEvent = Found | Waits | Token | Done | Refused | Failed
_ADAPTER: TypeAdapter[AnswerEvent] = TypeAdapter(Annotated[AnswerEvent, Discriminator("kind")])


def to_json(event: AnswerEvent) -> str:
    """One event as JSON."""
    return _ADAPTER.dump_json(event).decode()


def from_json(text: str) -> AnswerEvent:
    """The event again."""
    return _ADAPTER.validate_json(text)


Events = Iterator[AnswerEvent]


def told_once(events: Events) -> Events:
    """The same events; how many come before is told only when that changes, for whoever cannot draw over it."""
    before = None
    for event in events:
        if isinstance(event, Waits) and event.before == before:
            continue
        before = event.before if isinstance(event, Waits) else before
        yield event
