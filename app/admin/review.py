"""Answers that people found not helpful, for an admin to look at: without names, until they are dealt with.

Only what somebody rated is here, and of its conversation only that question and its answer. The answer is shown as the
admin may read it: what is closed to the admin or deleted is not in it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from app import people
from app.access import Action, Caller, authorize
from app.admin.masking import masked
from app.conversations import Conversations, Said
from app.tables import feedback, reviews
from retrieval.errors import Missing
from retrieval.ledger.engine import reading, writing

_BAD = "bad"


@dataclass(frozen=True, slots=True)
class Complaint:
    """One answer that was not helpful to `people` persons. `reasons` are what they wrote, without names."""

    answer: str
    question: str
    text: str
    status: str
    people: int
    reasons: tuple[str, ...]
    at: datetime


def complaints(engine: Engine, talks: Conversations, caller: Caller, most: int = 200) -> list[Complaint]:
    """Those that nobody has dealt with, newest first."""
    authorize(caller, Action.MANAGE)
    done = select(reviews.c.answer).where(reviews.c.answer == feedback.c.answer, reviews.c.at >= feedback.c.at)
    query = select(feedback).where(feedback.c.verdict == _BAD, ~done.exists()).order_by(feedback.c.at.desc())
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    by_answer: dict[str, list[tuple[str, datetime]]] = {}
    for row in rows:
        by_answer.setdefault(row.answer, []).append((row.reason, row.at))
    names = people.names(engine).values()
    found = []
    for answer, said in list(by_answer.items())[:most]:
        try:
            question, given = rated(engine, talks, caller, answer)
        except Missing:  # deleted meanwhile
            continue
        reasons = tuple(masked(reason, names) for reason, _ in said if reason)
        text = masked(given.text, ())
        found.append(Complaint(answer, masked(question, names), text, given.status, len(said), reasons, said[0][1]))
    return found


def rated(engine: Engine, talks: Conversations, caller: Caller, answer: str) -> tuple[str, Said]:
    """A question with its answer, CONVERSATION:NUMBER, as the caller may read it, if somebody rated it.

    Raises:
        Missing: there is none, or nobody rated it: a conversation is its owner's.
    """
    authorize(caller, Action.MANAGE)
    conversation, _, number = answer.rpartition(":")
    with reading(engine) as connection:
        is_rated = connection.execute(select(feedback.c.answer).where(feedback.c.answer == answer)).first()
    said = [one for one, _ in talks.said_in(conversation, caller.scope)] if is_rated else []
    place = next((place for place, one in enumerate(said) if str(one.number) == number), 0)
    question = next((one.text for one in reversed(said[:place]) if one.role == "user"), "")
    if not question:
        raise Missing("There is no such answer, or nobody rated it")
    return question, said[place]


def deal_with(engine: Engine, caller: Caller, answer: str) -> None:
    """Take it off the list; a later complaint about the same answer brings it back."""
    authorize(caller, Action.MANAGE)
    with writing(engine) as connection:
        connection.execute(delete(reviews).where(reviews.c.answer == answer))
        connection.execute(insert(reviews).values(answer=answer, who=caller.email, at=datetime.now(UTC)))
