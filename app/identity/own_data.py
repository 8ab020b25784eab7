"""What is kept about a person besides documents: how it is deleted, how long it is kept, and who else read it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, Select, delete, select, update

from app.access import Action, Caller, authorize
from app.conversations import Conversations, Said
from app.forgetting import delete_conversations
from app.identity import audit
from app.tables import conversations, feedback, hr_questions, messages, slack_questions
from retrieval.errors import Missing, QuestionRefused
from retrieval.ledger.engine import reading, writing

_BATCH = 200
_SHORTEST_REASON = 10  # characters


def forget_all(engine: Engine, caller: Caller) -> int:
    """Delete the caller's conversations, also those in Slack, and their feedback; returns how many conversations."""
    authorize(caller, Action.OWN_DATA)
    with writing(engine) as connection:
        own = select(conversations.c.id).where(conversations.c.owner == caller.email)
        connection.execute(delete(feedback).where(feedback.c.who == caller.email))
        connection.execute(delete(hr_questions).where(hr_questions.c.email == caller.email))
        return _drop(connection, own)


def sweep(engine: Engine, days: int, now: datetime | None = None) -> int:
    """Delete conversations in which nothing was said for so many days, and as old feedback; 0 keeps everything."""
    if not days:
        return 0
    before = (now or datetime.now(UTC)) - timedelta(days=days)
    lately = select(messages.c.conversation).where(messages.c.created_at >= before)
    old = select(conversations.c.id).where(conversations.c.created_at < before, conversations.c.id.not_in(lately))
    with writing(engine) as connection:
        connection.execute(delete(feedback).where(feedback.c.at < before))
        connection.execute(delete(hr_questions).where(hr_questions.c.at < before))
        connection.execute(update(slack_questions).where(slack_questions.c.accepted_at < before).values(text=""))
        return _drop(connection, old)


def break_glass(engine: Engine, caller: Caller, conversation: str, reason: str) -> list[Said]:
    """Somebody else's conversation, for an admin with a reason; its owner can see who read it, when and why.

    The admin still reads no text of documents that are closed to them.

    Raises:
        QuestionRefused: no reason was given.
        Missing: there is no such conversation.
    """
    authorize(caller, Action.BREAK_GLASS)
    if len(reason.strip()) < _SHORTEST_REASON:
        raise QuestionRefused("Say in a sentence why this conversation must be read; its owner will see it")
    with reading(engine) as connection:
        owner = connection.execute(select(conversations.c.owner).where(conversations.c.id == conversation)).scalar()
    if owner is None:
        raise Missing("There is no such conversation")
    audit.note(engine, caller.email, f"read conversation {conversation}", owner, reason.strip())
    return Conversations(engine).read_by(caller, conversation)


def _drop(connection: Connection, which: Select[tuple[str]]) -> int:
    found = [str(row[0]) for row in connection.execute(which)]
    for start in range(0, len(found), _BATCH):
        delete_conversations(connection, found[start : start + _BATCH])
    return len(found)
