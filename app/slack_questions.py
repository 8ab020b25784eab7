"""Messages in Slack that ask us: each accepted once, answered by one worker at a time, ended in exactly one outcome."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, insert, or_, select, update

from app.slack_client import QUESTION_FIELDS, NewQuestion, SlackQuestion, State
from app.slack_inbox import in_turn
from app.tables import slack_channels_open, slack_questions
from retrieval.errors import Missing
from retrieval.ledger.engine import reading

LOST = timedelta(seconds=30)  # a worker that has not said for so long that it lives
ATTEMPTS = 3
_ENDS = frozenset({"answered", "refused", "failed", "dropped"})
_ANYBODY_MAY = frozenset({"dropped"})  # the message was deleted, whoever answers it


@dataclass(frozen=True, slots=True)
class Change:
    """What a worker says of a question; what is None stays as it is."""

    worker: str
    state: State | None = None
    answer_ts: str | None = None
    streaming: bool | None = None
    conversation: str | None = None
    answer: str | None = None
    text: str | None = None


def accept(engine: Engine, question: NewQuestion) -> str:
    """Take a question on: accepted, known if it was there before, none if it is not for us."""
    with in_turn(engine) as connection:
        if connection.execute(
            select(slack_questions.c.ts).where(_is(question.team, question.channel, question.ts))
        ).first():
            return "known"
        if not _is_for_us(connection, question):
            return "none"
        made: Mapping[str, object] = {
            "state": "accepted",
            "worker": "",
            "answer_ts": "",
            "streaming": False,
            "conversation": "",
            "answer": "",
            "accepted_at": datetime.now(UTC),
            "attempts": 0,
        }
        connection.execute(insert(slack_questions).values(**asdict(question), **made))
        return "accepted"


def claim(engine: Engine, worker: str) -> SlackQuestion | None:
    """The oldest question that nobody answers and whose thread waits for no other answer.

    One that its worker lost is given again. Lost too often it is given a last time, as failed: to say so.
    """
    now = datetime.now(UTC)
    is_open = slack_questions.c.state.in_(("accepted", "answering"))
    query = select(slack_questions).where(is_open).order_by(slack_questions.c.accepted_at, slack_questions.c.ts)
    with reading(engine) as connection:  # workers ask all the time, and most of the time there is nothing
        if connection.execute(query.limit(1)).first() is None:
            return None
    with in_turn(engine) as connection:
        rows = connection.execute(query).all()
        held = {_thread(row) for row in rows if _is_held(row, now)}
        chosen = next((row for row in rows if _thread(row) not in held), None)
        if chosen is None:
            return None
        tried = {"state": "answering", "attempts": chosen.attempts + 1}
        values = tried if chosen.attempts < ATTEMPTS else {"state": "failed"}
        return _changed(connection, chosen, {**values, "worker": worker, "beat_at": now})


def change(engine: Engine, team: str, channel: str, ts: str, said: Change) -> SlackQuestion:
    """Note what a worker says; it is alive. Returns the question as it stands then.

    Only the worker that has the question changes it; any other may say that its message was edited or deleted. An
    outcome is final.

    Raises:
        Missing: this message never was a question.
    """
    with in_turn(engine) as connection:
        row = connection.execute(select(slack_questions).where(_is(team, channel, ts))).first()
        if row is None:
            raise Missing("There is no such question")
        return _changed(connection, row, _allowed(row, said))


def one(engine: Engine, team: str, channel: str, ts: str) -> SlackQuestion:
    """One question.

    Raises:
        Missing: this message never was one.
    """
    with reading(engine) as connection:
        row = connection.execute(select(slack_questions).where(_is(team, channel, ts))).first()
    if row is None:
        raise Missing("There is no such question")
    return _question(row._asdict())


def listed(engine: Engine, state: State) -> list[SlackQuestion]:
    """All in this state, oldest first."""
    query = select(slack_questions).where(slack_questions.c.state == state)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(slack_questions.c.accepted_at, slack_questions.c.ts))
        return [_question(row._asdict()) for row in rows]


def _is(team: str, channel: str, ts: str) -> ColumnElement[bool]:
    table = slack_questions.c
    return (table.team == team) & (table.channel == channel) & (table.ts == ts)


def _is_for_us(connection: Connection, question: NewQuestion) -> bool:
    """In a thread where nobody asked us, and in a channel where we speak only when we are spoken to, it is not."""
    if question.via == "thread":
        asked = slack_questions.c
        here = (asked.team == question.team) & (asked.channel == question.channel)
        declined = (asked.via == "channel") & (asked.state == "dropped")  # nobody saw that it was looked at
        of_thread = or_(asked.thread == question.thread, asked.ts == question.thread)
        ours = select(asked.ts).where(here, of_thread, ~declined)
    elif question.via == "channel":
        channels = slack_channels_open.c
        ours = select(channels.channel).where(channels.team == question.team, channels.channel == question.channel)
    else:
        return True
    return connection.execute(ours).first() is not None


def _thread(row: Row[Any]) -> tuple[str, str, str]:
    return row.team, row.channel, row.thread


def _is_held(row: Row[Any], now: datetime) -> bool:
    """Whether a worker that lives has it."""
    if row.state != "answering" or row.beat_at is None:
        return False
    beat = row.beat_at if row.beat_at.tzinfo else row.beat_at.replace(tzinfo=UTC)  # SQLite keeps no zone
    return bool(beat > now - LOST)


def _allowed(row: Row[Any], said: Change) -> dict[str, object]:
    """What of a worker's words counts."""
    has_it = row.worker == said.worker
    values: dict[str, object] = {}
    if has_it:
        told = ("answer_ts", "streaming", "conversation", "answer")
        values = {name: getattr(said, name) for name in told if getattr(said, name) is not None}
        values["beat_at"] = datetime.now(UTC)
    if row.state not in _ENDS:
        if said.text is not None:
            values["text"] = said.text
        if said.state is not None and (has_it or said.state in _ANYBODY_MAY):
            values["state"] = said.state
            if said.state in _ENDS - {"failed"}:  # one that failed may be asked again
                values["text"] = ""  # the conversation has it
    if has_it and said.state in _ENDS:
        values["reply_url"] = ""  # nothing is said there any more
    return values


def _changed(connection: Connection, row: Row[Any], values: Mapping[str, object]) -> SlackQuestion:
    if values:
        where = _is(row.team, row.channel, row.ts)
        connection.execute(update(slack_questions).where(where).values(dict(values)))
    return _question({**row._asdict(), **values})


def _question(row: Mapping[str, Any]) -> SlackQuestion:
    return SlackQuestion(**{name: row[name] for name in QUESTION_FIELDS})
