"""Deleting what was said, with all that hangs on it: verdicts, marks for training, summaries."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, or_, update

from app.tables import conversations, feedback, messages, reviews, slack_questions, summaries, training_turns

_OF_ANSWERS = (feedback, reviews, training_turns)  # their `answer` is CONVERSATION:NUMBER


def delete_conversations(connection: Connection, ids: Collection[str]) -> None:
    """Delete these conversations, a few hundred at most."""
    if not ids:
        return
    for table in _OF_ANSWERS:
        within = (table.c.answer.startswith(f"{one}:", autoescape=True) for one in ids)
        connection.execute(delete(table).where(or_(*within)))
    connection.execute(delete(summaries).where(summaries.c.conversation.in_(ids)))
    # The row stays: it keeps a question from being answered twice.
    connection.execute(update(slack_questions).where(slack_questions.c.conversation.in_(ids)).values(text=""))
    connection.execute(delete(messages).where(messages.c.conversation.in_(ids)))
    connection.execute(delete(conversations).where(conversations.c.id.in_(ids)))


def delete_messages(connection: Connection, conversation: str, numbers: range) -> None:
    """Delete the messages of these numbers; a summary counts turns from the first one on, so it goes too."""
    answers = [f"{conversation}:{number}" for number in numbers]
    for table in _OF_ANSWERS:
        connection.execute(delete(table).where(table.c.answer.in_(answers)))
    connection.execute(delete(summaries).where(summaries.c.conversation == conversation))
    gone = messages.c.number.between(numbers.start, numbers.stop - 1)
    connection.execute(delete(messages).where(messages.c.conversation == conversation, gone))
