"""What admins are shown, as the server tells it: rows for front ends. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

T = TypeVar("T")
Json = Mapping[str, Any]


def made(kind: type[T], data: Json) -> T:
    """A row of this kind; what it has no field for is left out, lists become tuples."""
    named = {field.name: data[field.name] for field in fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in named.items()})


@dataclass(frozen=True, slots=True)
class RunRow:
    """An ingestion run. `seconds_left` is None where nothing can be said."""

    id: int
    source: str
    state: str
    started_at: str
    ended_at: str | None
    total: int
    done: int
    counts: Mapping[str, int]
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source. `uploaded`: its files were sent here and go with it."""

    name: str
    kind: str
    location: str
    path: str
    options: Mapping[str, Any]
    every_minutes: int
    documents: int
    failures: int
    uploaded: bool
    last_run: RunRow | None


@dataclass(frozen=True, slots=True)
class FailureRow:
    """What could not be read; the reason says what to do."""

    uri: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel of the live workspace."""

    channel: str
    name: str
    audience: str
    is_whole: bool
    left: bool


@dataclass(frozen=True, slots=True)
class LiveSlack:
    """How far the copy of the live workspace is."""

    token: bool
    source: str
    last_event: str | None
    channels: tuple[ChannelRow, ...]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document without its text. `stands`: in force, expired or not yet in force."""

    uri: str
    title: str
    source: str
    audience: str
    contact: str
    version: int
    updated_at: str
    countries: tuple[str, ...]
    effective_from: str | None
    effective_until: str | None
    stands: str
    concerns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A chunk of a document."""

    id: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class AccessRow:
    """Who can read a document and why. `allowed` is None where nobody was asked about."""

    uri: str
    audience: str
    contact: str
    because: tuple[str, ...]
    readers: Mapping[str, str]
    allowed: bool | None
    person: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A document of a group of near copies."""

    uri: str
    similarity: float


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who may ask."""

    email: str
    name: str
    groups: tuple[str, ...]
    country: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What an import of people changes."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, list[str]]
    unchanged: int


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """An audience with its members and documents."""

    id: str
    members: int
    documents: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A verified answer. `stands` says whether it is given, and else why not."""

    id: str
    question: str
    answer: str
    owner: str
    audience: str
    sources: tuple[str, ...]
    expires: str | None
    stands: str


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """An answer that was not helpful."""

    answer: str
    question: str
    text: str
    status: str
    people: int
    reasons: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Like questions that could not be answered."""

    question: str
    times: int
    askers: int


@dataclass(frozen=True, slots=True)
class HealthRow:
    """How the home is; `wrong` are sentences that say what to do."""

    documents: int
    chunks: int
    index: str
    indexed: int
    behind: int
    embedder: str
    answers_from: tuple[str, ...]
    disk_free: int
    disk_total: int
    versions: Mapping[str, str]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingRow:
    """A setting with its origin; a secret is shown as stars."""

    name: str
    value: str
    origin: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer to be proposed. `expires` is its last day in the ISO form, or None."""

    question: str
    answer: str
    owner: str
    audience: str
    sources: tuple[str, ...]
    expires: str | None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """How somebody comes in."""

    email: str
    name: str
    suspended: bool
    signs_in: bool


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key without its token. `stands`: valid, expired or revoked."""

    id: str
    email: str
    name: str
    scope: str
    created_at: str
    expires_at: str
    stands: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """What an admin did."""

    at: str
    who: str
    what: str
    on: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A question that somebody passed on to HR; the address is empty where the asker stays unnamed."""

    id: str
    question: str
    note: str
    email: str
    at: str


@dataclass(frozen=True, slots=True)
class LikedRow:
    """A question with an answer that people found helpful."""

    answer: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """Helpful answers that wait for approval and that have it; `against`: what keeps how many others out."""

    waiting: tuple[LikedRow, ...]
    approved: tuple[LikedRow, ...]
    against: Mapping[str, int]
