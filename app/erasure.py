"""Taking deleted text out of what was said: models' words that rest on it, and people's words that repeat it.

People's words are in conversations, in what Slack sent and asked, and in what was said of answers.

Quotes need nothing: they are kept as spans of chunks, without their words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Engine, Row, delete, func, select, update

from app.shingles import Shingle, shingles
from app.tables import conversations, feedback, hr_questions, messages, slack_events, slack_questions, summaries
from app.trace import standing_elsewhere, strings
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import chunks
from retrieval.prompt import SOURCE_REMOVED

_BATCH = 500
_Part = Mapping[str, Any]
_BESIDE: tuple[Column[Any], ...] = (
    slack_events.c.body,
    slack_questions.c.text,
    feedback.c.reason,
    hr_questions.c.question,
    hr_questions.c.note,
    conversations.c.title,
    summaries.c.text,
)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What a deletion took out: chunks of the document; messages, titles, events and remarks with its words."""

    chunks: int
    messages: int


def erase(engine: Engine, texts: Iterable[str]) -> int:
    """Put "[source removed]" in place of words that rest on chunks that are gone or repeat one of these texts.

    Returns how many messages, titles, events and remarks were changed. The documents must have been removed before.
    """
    runs = {run for text in texts for run in shingles(text)}
    gone = _gone(engine)
    repeated = _repeated(engine, runs) if runs else set()

    def kept(part: _Part) -> bool:
        return not part["text"] or (gone.isdisjoint(part["chunks"]) and repeated.isdisjoint(shingles(part["text"])))

    changed, closed = [], []
    first = _first_numbers(engine)
    for row in _said(engine):
        parts = [part if kept(part) else {**part, "text": SOURCE_REMOVED} for part in row.parts]
        if parts != row.parts:
            changed.append((row, parts))
            if row.number == first[row.conversation]:  # the title is its beginning
                closed.append(row.conversation)
    _erase_summaries(engine, gone, {row.conversation for row, _ in changed})
    with writing(engine) as connection:
        for row, parts in changed:
            where = (messages.c.conversation == row.conversation, messages.c.number == row.number)
            connection.execute(update(messages).where(*where).values(parts=parts))
        for conversation in closed:
            begun = update(conversations).where(conversations.c.id == conversation)
            connection.execute(begun.values(title=SOURCE_REMOVED))
    return len(changed) + len(closed) + (_erase_beside(engine, repeated) if repeated else 0)


def _erase_beside(engine: Engine, repeated: set[Shingle]) -> int:
    """The same where people's words are kept beside the conversations."""
    changed = 0
    for column in _BESIDE:
        for row in list(_rows(engine, column)):
            value, key = row[0], tuple[Any, ...](row)[1:]
            cleaned = _cleaned(value, lambda text: not repeated.isdisjoint(shingles(text)))
            if cleaned != value:
                where = [one == held for one, held in zip(column.table.primary_key, key, strict=True)]
                with writing(engine) as connection:
                    connection.execute(update(column.table).where(*where).values({column: cleaned}))
                changed += 1
    return changed


def _cleaned(value: Any, repeats: Callable[[str], bool]) -> Any:
    """A text, or texts in JSON, without those that repeat."""
    if isinstance(value, str):
        return SOURCE_REMOVED if repeats(value) else value
    if isinstance(value, list):
        return [_cleaned(one, repeats) for one in value]
    if isinstance(value, dict):
        return {name: _cleaned(one, repeats) for name, one in value.items()}
    return value


def _rows(engine: Engine, column: Column[Any]) -> Iterator[Row[Any]]:
    with reading(engine) as connection:
        query = select(column, *column.table.primary_key)
        yield from connection.execution_options(yield_per=_BATCH).execute(query)


def _said(engine: Engine) -> Iterable[Row[Any, Any, Any]]:
    query = select(messages.c.conversation, messages.c.number, messages.c.parts)
    with reading(engine) as connection:
        yield from connection.execution_options(yield_per=_BATCH).execute(query)


def _first_numbers(engine: Engine) -> dict[str, int]:
    """The number of each conversation's first message: earlier ones may have been deleted."""
    query = select(messages.c.conversation, func.min(messages.c.number)).group_by(messages.c.conversation)
    with reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _erase_summaries(engine: Engine, gone: set[str], conversations_changed: set[str]) -> None:
    """Drop each summary that rests on a chunk that is gone, or sums up what was changed."""
    held = ((row[0], tuple[Any, ...](row)[1]) for row in _rows(engine, summaries.c.chunks))
    dropped = [one for chunks_held, one in held if not gone.isdisjoint(chunks_held)] + sorted(conversations_changed)
    if dropped:
        with writing(engine) as connection:
            connection.execute(delete(summaries).where(summaries.c.conversation.in_(dropped)))


def _gone(engine: Engine) -> set[str]:
    """The chunks that words rest on and that are no more."""
    named = {chunk for row in _said(engine) for part in row.parts if part["text"] for chunk in part["chunks"]}
    named |= {chunk for row in _rows(engine, summaries.c.chunks) for chunk in row[0]}
    known: set[str] = set()
    ids = sorted(named)
    with reading(engine) as connection:
        for start in range(0, len(ids), _BATCH):
            query = select(chunks.c.id).where(chunks.c.id.in_(ids[start : start + _BATCH]))
            known.update(connection.execute(query).scalars())
    return named - known


def _repeated(engine: Engine, runs: set[Shingle]) -> set[Shingle]:
    """Those of the runs of words that somebody repeated and no document says any more."""
    said = {run for row in _said(engine) for part in row.parts for run in runs & shingles(part["text"])}
    beside = (text for column in _BESIDE for row in _rows(engine, column) for text in strings(row[0]))
    said |= {run for text in beside for run in runs & shingles(text)}
    return said - standing_elsewhere(engine, said, "")
