"""Answers that a person wrote and approved: kept here, made answerable as documents, given word for word.

Nobody gets one who may not read everything that it rests on. One that has expired, or whose source is gone or has
changed since it was approved, is given to nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update

from app.csv_rows import content_of, csv_text, rows_of
from app.tables import verified_answers
from ingest.verified import ApprovedAnswer, VerifiedAnswers
from retrieval.access import EVERYONE, Audience, Scope, audience_id
from retrieval.chunk import digest
from retrieval.errors import Missing, Unusable
from retrieval.ledger import documents, resting, runs
from retrieval.ledger.documents import Entry
from retrieval.ledger.engine import reading, writing
from retrieval.search import NONE_VERIFIED, Verified

COLUMNS = ("question", "answer", "owner", "audience", "sources", "expires")
PROPOSED, APPROVED = "proposed", "approved"


@dataclass(frozen=True, slots=True)
class VerifiedAnswer:
    """A question with its answer. `sources` are uris that it rests on; `expires` is its last day."""

    id: str
    question: str
    answer: str
    owner: str
    audience: str
    sources: tuple[str, ...]
    expires: date | None
    state: str = PROPOSED
    approved_at: datetime | None = None
    digests: tuple[str, ...] = ()  # of the sources, when it was approved


def id_of(question: str) -> str:
    """The same question has the same id, so that a new answer takes the place of an old one."""
    return digest(question)[:12]


def read_csv(path: Path) -> list[VerifiedAnswer]:
    """Answers from a CSV file with the columns above; sources are parted by `;`, `expires` is a day or empty.

    Raises:
        Unusable: with the first line that is wrong; nothing is imported then.
    """
    return answers_in(content_of(path, "answers"), str(path))


def answers_in(data: bytes, name: str) -> list[VerifiedAnswer]:
    """The same of a file's content; `name` is how messages call it.

    Raises:
        Unusable: as above.
    """
    found = rows_of(data, name, COLUMNS, "answers", _verified)
    if not found:
        raise Unusable(f"{name} holds no answers")
    return found


def as_csv(answers: Iterable[VerifiedAnswer]) -> str:
    """The same file, to be read in again."""
    rows = [(one.question, one.answer, one.owner, one.audience, ";".join(one.sources), one.expires) for one in answers]
    return csv_text(COLUMNS, rows)


def propose(engine: Engine, answers: Iterable[VerifiedAnswer]) -> int:
    """Keep answers for approval; one whose question is known takes its place and has to be approved again.

    Raises:
        Unusable: a source is unknown, or an audience is wider than one of its sources'; nothing is kept then.
    """
    by_id = {one.id: one for one in answers}
    for one in by_id.values():
        _refuse_wider(engine, one)
    known = {one.id: one for one in listed(engine)}
    new = {id_: one for id_, one in by_id.items() if id_ not in known or _content(known[id_]) != _content(one)}
    with writing(engine) as connection:
        connection.execute(delete(verified_answers).where(verified_answers.c.id.in_(list(new))))
        if new:
            connection.execute(insert(verified_answers), [_row(one) for one in new.values()])
    return len(new)


def approve(engine: Engine, answer: str) -> None:
    """Let an answer be given once it is ingested.

    Raises:
        Missing: there is no such answer.
        Unusable: it has expired, or what it rests on is gone or was closed meanwhile.
    """
    one = answer_of(engine, answer)
    sources = _refuse_wider(engine, one)
    if one.expires and one.expires < datetime.now(UTC).date():
        raise Unusable(f"The answer {answer} expired on {one.expires}. Import it again with a later day")
    digests = [sources[uri].digest for uri in one.sources]
    now = {"state": APPROVED, "approved_at": datetime.now(UTC), "digests": digests}
    with writing(engine) as connection:
        connection.execute(update(verified_answers).where(verified_answers.c.id == answer).values(**now))


def note_sources(engine: Engine, answer: str) -> None:
    """Let the ledger show the answer's document only to those who may read all that it rests on."""
    uri = uri_of(engine, answer)
    if uri:
        resting.rest_on(engine, uri, answer_of(engine, answer).sources)


def forget(engine: Engine, answer: str) -> None:
    """Delete an answer that never became a document."""
    with writing(engine) as connection:
        connection.execute(delete(verified_answers).where(verified_answers.c.id == answer))


def forget_with(engine: Engine, uri: str) -> list[str]:
    """Delete the answers that rest on a document, or that it is; returns the other documents to go with it."""
    gone = [one for one in listed(engine) if uri in (*one.sources, uri_of(engine, one.id))]
    with writing(engine) as connection:
        connection.execute(delete(verified_answers).where(verified_answers.c.id.in_([one.id for one in gone])))
    uris = [found for one in gone if (found := uri_of(engine, one.id)) and found != uri]
    return list(documents.entries_at(engine, uris))


def reviewed(engine: Engine) -> list[tuple[VerifiedAnswer, str]]:
    """All of them, each with how it stands: proposed, approved, expired, or its source is gone or has changed."""
    return [(one, _stands(engine, one)) for one in listed(engine)]


def listed(engine: Engine) -> list[VerifiedAnswer]:
    """All, those that wait for approval first."""
    query = select(verified_answers).order_by(verified_answers.c.state.desc(), verified_answers.c.question)
    with reading(engine) as connection:
        return [_from_row(row) for row in connection.execute(query)]


def answer_of(engine: Engine, answer: str) -> VerifiedAnswer:
    """One of them.

    Raises:
        Missing: there is none with this id.
    """
    found = next((one for one in listed(engine) if one.id == answer), None)
    if found is None:
        raise Missing(f"There is no answer {answer!r}. See them with: frontdesk answers list")
    return found


def approved(engine: Engine) -> list[ApprovedAnswer]:
    """The approved ones, as the source of their documents takes them."""
    return [
        ApprovedAnswer(one.id, one.question, one.answer, Audience(one.audience, one.owner))
        for one in listed(engine)
        if one.state == APPROVED
    ]


def uri_of(engine: Engine, answer: str) -> str | None:
    """Where an approved answer's document is; None where it never became one."""
    name = _source_name(engine)
    return f"{name}/{answer}" if name else None


def standing(engine: Engine, scope: Scope, today: date) -> Verified:
    """Which of the answers may be given inside the scope, and which not, where they are documents."""
    known = listed(engine)
    if not known:
        return NONE_VERIFIED
    sources = documents.entries_at(engine, {uri for one in known for uri in one.sources})
    name = _source_name(engine)

    def is_usable(one: VerifiedAnswer) -> bool:
        readable = all(uri in sources and sources[uri].audience in scope for uri in one.sources)
        return readable and one.state == APPROVED and not _outdated(one, sources, today)

    usable = {f"{name}/{one.id}" for one in known if is_usable(one)}
    return Verified(frozenset(usable), frozenset(f"{name}/{one.id}" for one in known) - usable)


def _stands(engine: Engine, one: VerifiedAnswer) -> str:
    if one.state != APPROVED:
        return one.state
    return _outdated(one, documents.entries_at(engine, one.sources), datetime.now(UTC).date()) or one.state


def _outdated(one: VerifiedAnswer, sources: Mapping[str, Entry], today: date) -> str:
    """Why an approved answer is not given to anybody; empty where it is."""
    if one.expires and one.expires < today:
        return f"expired on {one.expires}"
    for uri, was in zip(one.sources, one.digests, strict=True):
        if uri not in sources:
            return f"{uri} is gone"
        if sources[uri].digest != was:
            return f"{uri} has changed since: approve it again"
    return ""


def _refuse_wider(engine: Engine, one: VerifiedAnswer) -> dict[str, Entry]:
    """Its sources by uri, none of them closed to somebody in its audience."""
    sources = documents.entries_at(engine, one.sources)
    for uri in one.sources:
        if uri not in sources:
            raise Unusable(f"The answer to {one.question!r} rests on {uri}, which is not there")
        audience = sources[uri].audience
        if audience not in (EVERYONE, one.audience):
            raise Unusable(
                f"The answer to {one.question!r} is for {one.audience}, but {uri} is for {audience} only. "
                f"Make its audience {audience}"
            )
    return sources


def _source_name(engine: Engine) -> str:
    found = (one.name for one in runs.listed_sources(engine) if one.location == VerifiedAnswers.location)
    return next(found, "")


def _verified(row: Mapping[str, str | None], place: str) -> VerifiedAnswer:
    values = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if not values["question"] or not values["answer"]:
        raise Unusable(f"{place}: a question and an answer were expected")
    try:
        audience = audience_id(values["audience"] or EVERYONE)
        expires = date.fromisoformat(values["expires"]) if values["expires"] else None
    except ValueError as exc:
        raise Unusable(f"{place}: {exc}") from exc
    sources = tuple(uri.strip() for uri in values["sources"].split(";") if uri.strip())
    return VerifiedAnswer(
        id_of(values["question"]), values["question"], values["answer"], values["owner"], audience, sources, expires
    )


def _content(one: VerifiedAnswer) -> tuple[object, ...]:
    return (one.answer, one.owner, one.audience, one.sources, one.expires)


def _row(one: VerifiedAnswer) -> dict[str, Any]:
    return {
        "id": one.id,
        "question": one.question,
        "answer": one.answer,
        "owner": one.owner,
        "audience": one.audience,
        "sources": list(one.sources),
        "expires": one.expires,
        "state": PROPOSED,
        "approved_at": None,
        "digests": [],
    }


def _from_row(row: Row[Any]) -> VerifiedAnswer:
    stated = (row.id, row.question, row.answer, row.owner, row.audience, tuple(row.sources), row.expires)
    return VerifiedAnswer(*stated, row.state, row.approved_at, tuple(row.digests))
