"""What people think of answers: one verdict of each person for each answer."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, String, case, cast, delete, func, insert, select

from app.slack_client import Verdict
from app.slack_inbox import in_turn
from app.tables import feedback, messages
from retrieval.errors import Missing
from retrieval.ledger.engine import reading


@dataclass(frozen=True, slots=True)
class Rating:
    """`answer` is CONVERSATION:NUMBER, as events tell it; `who` is an e-mail address or TEAM/USER in Slack."""

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


@dataclass(frozen=True, slots=True)
class Received:
    """How many answers a model gave and how many it refused, and what people said of them."""

    answers: int
    refusals: int
    good: int
    bad: int


def by_model(engine: Engine) -> dict[str, Received]:
    """What every model received, a promoted version under its NAME/NUMBER."""
    said = messages.c
    answer = said.conversation + ":" + cast(said.number, String)
    made = select(said.model, func.count(), func.sum(case((said.status == "refused", 1), else_=0)))
    rated = select(said.model, feedback.c.verdict, func.count()).join(feedback, feedback.c.answer == answer)
    with reading(engine) as connection:
        counts = connection.execute(made.where(said.model != "").group_by(said.model)).all()
        verdicts = connection.execute(rated.group_by(said.model, feedback.c.verdict)).all()
    told = {(model, verdict): count for model, verdict, count in verdicts}
    return {
        model: Received(count - refused, refused, told.get((model, "good"), 0), told.get((model, "bad"), 0))
        for model, count, refused in counts
    }


def _in_utc(moment: datetime) -> datetime:
    """SQLite gives times back without their zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
