"""What people think of answers: one verdict of each person for each answer."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, delete, insert, select

from app.slack_client import Verdict
from app.slack_inbox import in_turn
from app.tables import feedback, messages
from retrieval.errors import Missing
from retrieval.ledger.engine import reading


@dataclass(frozen=True, slots=True)
class Rating:
    """`answer` is CONVERSATION:NUMBER, as events tell it; `who` is an e-mail address or slack:TEAM/USER."""

    answer: str
    who: str
    verdict: Verdict
    reason: str
    at: datetime


def rate(engine: Engine, answer: str, who: str, verdict: Verdict, reason: str = "") -> None:
    """Keep a verdict; a second one of the same person takes the first one's place.

    Raises:
        Missing: no such answer is kept.
    """
    conversation, _, number = answer.rpartition(":")
    is_answer = (messages.c.conversation == conversation) & (messages.c.role == "assistant")
    row = {"answer": answer, "who": who, "verdict": verdict, "reason": reason, "at": datetime.now(UTC)}
    with in_turn(engine) as connection:
        numbers = connection.execute(select(messages.c.number).where(is_answer)).scalars()
        if number not in {str(one) for one in numbers}:
            raise Missing("There is no such answer")
        connection.execute(delete(feedback).where(feedback.c.answer == answer, feedback.c.who == who))
        connection.execute(insert(feedback).values(**row))


def ratings(engine: Engine, answer: str) -> list[Rating]:
    """What was said of an answer, oldest first."""
    query = select(feedback).where(feedback.c.answer == answer).order_by(feedback.c.at)
    with reading(engine) as connection:
        return [
            Rating(row.answer, row.who, row.verdict, row.reason, _in_utc(row.at)) for row in connection.execute(query)
        ]


def verdicts(engine: Engine, conversation: str, who: str) -> dict[int, str]:
    """Somebody's verdicts on the answers of a conversation, by the answer's number."""
    of_conversation = feedback.c.answer.startswith(f"{conversation}:", autoescape=True)
    query = select(feedback.c.answer, feedback.c.verdict).where(of_conversation, feedback.c.who == who)
    with reading(engine) as connection:
        return {int(row.answer.rpartition(":")[2]): row.verdict for row in connection.execute(query)}


def _in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
