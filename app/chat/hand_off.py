"""Questions that people passed on to HR. The asker's address is kept only where they ticked that HR may see it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, insert, select, update

from app.access import Action, Caller, authorize
from app.tables import hr_questions
from retrieval.errors import Missing
from retrieval.ledger.engine import reading, writing


@dataclass(frozen=True, slots=True)
class HrQuestion:
    """One of them. `contact` is whom the documents name for it; `email` is empty where the asker stays unnamed."""

    id: str
    question: str
    note: str
    contact: str
    email: str
    at: datetime
    done_at: datetime | None


def pass_on(engine: Engine, caller: Caller, asked: tuple[str, str, str], *, named: bool) -> str:
    """Keep a question, a note beside it and the contact; returns its id. `named`: HR may see who asks."""
    authorize(caller, Action.ASK)
    question, note, contact = asked
    row = {
        "id": secrets.token_hex(8),
        "question": question.strip(),
        "note": note.strip(),
        "contact": contact,
        "email": caller.email if named else "",
        "at": datetime.now(UTC),
        "done_at": None,
    }
    with writing(engine) as connection:
        connection.execute(insert(hr_questions).values(**row))
    return str(row["id"])


def passed_on(engine: Engine, caller: Caller) -> list[HrQuestion]:
    """All of them, open ones first, each kind oldest first."""
    authorize(caller, Action.MANAGE)
    query = select(hr_questions).order_by(hr_questions.c.done_at.is_not(None), hr_questions.c.at)
    with reading(engine) as connection:
        return [HrQuestion(**row) for row in connection.execute(query).mappings()]


def settle(engine: Engine, caller: Caller, question: str) -> None:
    """Note that somebody has taken care of it.

    Raises:
        Missing: there is no such question.
    """
    authorize(caller, Action.MANAGE)
    done = update(hr_questions).where(hr_questions.c.id == question).values(done_at=datetime.now(UTC))
    with writing(engine) as connection:
        if not connection.execute(done).rowcount:
            raise Missing("There is no such question")
