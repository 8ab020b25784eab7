"""What was said, kept in the ledger. Quotes are kept as spans of chunks, so deleted text is in no conversation."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, insert, select, update

from app.access import Action, Caller, Resource, authorize
from app.events import Citation
from app.forgetting import delete_conversations, delete_messages
from app.slack_rooms import known, readers_at
from app.tables import conversations, messages
from retrieval.access import Scope
from retrieval.budget import TokenUse
from retrieval.chunk import Chunk
from retrieval.errors import Missing
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading, writing
from retrieval.prompt import SOURCE_REMOVED
from retrieval.rewrite import Turn

_TITLE_LENGTH = 60
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a message: text that rests on chunks, or (with `end` above 0) a span of the one chunk it names."""

    text: str = ""
    chunks: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """How an answer was made: by which model, from how many passages, and what had to be left out."""

    model: str = ""
    passages: int = 0
    tokens: TokenUse = field(default_factory=TokenUse)


NOT_TOLD = Made()


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is to be kept. `status` is asked, answered, quoted, verified, clarified, refused, failed or stopped.

    Quoted is what was answered by quotes because the language model failed. `model` is the answerer that made it,
    if one did.
    """

    role: str
    status: str
    parts: tuple[Part, ...]
    citations: tuple[Citation, ...] = ()
    audiences: frozenset[str] = frozenset()
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    made: Made = NOT_TOLD
    model: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A message as one reader may see it now."""

    role: str
    status: str
    text: str
    citations: tuple[Citation, ...]
    whole: bool  # nothing of it was removed or is closed to this reader
    created_at: datetime
    number: int = 0
    made: Made = NOT_TOLD


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation in a list. `place` is where it goes on, if not with its owner only."""

    id: str
    title: str
    created_at: datetime
    place: str = ""


class Conversations:
    """All conversations of the home; every method asks for the caller."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, caller: Caller, question: str) -> str:
        """A new conversation; its id cannot be guessed."""
        new = secrets.token_urlsafe(16)
        title = " ".join(question.split())
        title = title if len(title) <= _TITLE_LENGTH else title[: _TITLE_LENGTH - 4].rsplit(" ", 1)[0] + " ..."
        now = datetime.now(UTC)
        row = {"id": new, "owner": caller.email, "title": title, "created_at": now, "place": caller.place}
        with writing(self._engine) as connection:
            connection.execute(insert(conversations).values(row))
        return new

    def at(self, place: str) -> str:
        """The conversation that goes on at this place; empty where none does yet."""
        query = select(conversations.c.id).where(conversations.c.place == place).order_by(conversations.c.created_at)
        with reading(self._engine) as connection:
            return (connection.execute(query).scalars().first() or "") if place else ""

    def continued(self, caller: Caller, conversation: str) -> str:
        """The conversation to go on with: elsewhere than at its place it is a copy, so that nothing gets back there."""
        talk = self.open(caller, conversation, Action.READ_CONVERSATION)
        if talk.place in ("", caller.place):
            return conversation
        new = self.begin(replace(caller, place=""), talk.title)
        said = select(messages).where(messages.c.conversation == conversation)
        with writing(self._engine) as connection:
            rows = [{**row, "conversation": new} for row in connection.execute(said).mappings()]
            if rows:
                connection.execute(insert(messages), rows)
        return new

    def open(self, caller: Caller, conversation: str, action: Action) -> Talk:
        """The conversation, if it is this caller's.

        Raises:
            Missing: there is none, or it is somebody else's.
        """
        with reading(self._engine) as connection:
            query = select(conversations).where(conversations.c.id == conversation)
            row = connection.execute(query).first()
        if row is None:
            raise Missing("There is no such conversation")
        readers = readers_at(row.place, known(self._engine)) if row.place != caller.place else None
        authorize(caller, action, Resource(owner=row.owner, place=row.place, readers=readers))
        return Talk(row.id, row.title, row.created_at, row.place)

    def listed(self, caller: Caller, words: str = "") -> list[Talk]:
        """The caller's conversations with these words in their titles, the one of the newest message first.

        Those at places that the caller has left are left out.

        Somebody without identity has no list.
        """
        if not caller.email:
            return []
        newest = select(func.max(messages.c.created_at)).where(messages.c.conversation == conversations.c.id)
        changed = func.coalesce(newest.scalar_subquery(), conversations.c.created_at)
        query = select(conversations).where(conversations.c.owner == caller.email)
        for word in words.split():
            query = query.where(conversations.c.title.icontains(word, autoescape=True))
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(changed.desc()))
            talks = [Talk(row.id, row.title, row.created_at, row.place) for row in rows]
        rooms = known(self._engine) if any(talk.place for talk in talks) else {}
        readers = [readers_at(talk.place, rooms) for talk in talks]
        return [talk for talk, there in zip(talks, readers, strict=True) if there is None or caller.email in there]

    def rename(self, caller: Caller, conversation: str, title: str) -> None:
        """Give a conversation another title."""
        self.open(caller, conversation, Action.CHANGE_CONVERSATION)
        named = update(conversations).where(conversations.c.id == conversation)
        with writing(self._engine) as connection:
            connection.execute(named.values(title=" ".join(title.split())[:_LONGEST_TITLE]))

    def add(self, caller: Caller, conversation: str, message: NewMessage) -> int:
        """Append a message; returns its number."""
        self.open(caller, conversation, Action.CHANGE_CONVERSATION)
        row = {
            "conversation": conversation,
            "role": message.role,
            "status": message.status,
            "parts": [_to_json(part) for part in message.parts],
            "citations": [_citation_to_json(citation) for citation in message.citations],
            "audiences": sorted(message.audiences),
            "timings": dict(message.timings_ms),
            "made": asdict(message.made),
            "model": message.model,
            "created_at": datetime.now(UTC),
            "place": caller.place,
        }
        newest = select(func.max(messages.c.number)).where(messages.c.conversation == conversation)
        with writing(self._engine) as connection:
            number = (connection.execute(newest).scalar() or 0) + 1
            connection.execute(insert(messages).values(number=number, **row))
        return number

    def transcript(self, caller: Caller, conversation: str) -> list[Said]:
        """Everything said, as the caller may read it now: text of a removed or closed source is not in it."""
        self.open(caller, conversation, Action.READ_CONVERSATION)
        return [said for said, _ in self.said_in(conversation, caller.scope)]

    def read_by(self, admin: Caller, conversation: str) -> list[Said]:
        """The same for an admin, who reads with their own scope; `own_data.break_glass` notes who and why."""
        authorize(admin, Action.BREAK_GLASS)
        return [said for said, _ in self.said_in(conversation, admin.scope)]

    def turns(self, caller: Caller, conversation: str, before: int = 0) -> list[Turn]:
        """Answered questions for a later prompt: only turns that are whole and built inside the caller's scope.

        With `before`, those before the message of this number.
        """
        self.open(caller, conversation, Action.READ_CONVERSATION)
        found: list[Turn] = []
        question = ""
        for said, audiences in self.said_in(conversation, caller.scope):
            if before and said.number >= before:
                break
            if said.role == "user":
                question = said.text
            elif (
                question
                and said.whole
                and said.status in ("answered", "quoted", "verified", "refused", "clarified")
                and audiences <= caller.scope.audiences
            ):
                found.append(Turn(question, said.text))
                question = ""
        return found

    def forget(self, caller: Caller, conversation: str) -> None:
        """Delete a conversation."""
        self.open(caller, conversation, Action.CHANGE_CONVERSATION)
        with writing(self._engine) as connection:
            delete_conversations(connection, [conversation])

    def drop(self, caller: Caller, conversation: str, numbers: range) -> None:
        """Delete the messages of these numbers, with what was said of them."""
        self.open(caller, conversation, Action.CHANGE_CONVERSATION)
        with writing(self._engine) as connection:
            delete_messages(connection, conversation, numbers)

    def said_in(self, conversation: str, scope: Scope) -> list[tuple[Said, frozenset[str]]]:
        """Everything said, as this scope may read it, with what it was built from. Whoever calls it has authorised."""
        query = select(messages).where(messages.c.conversation == conversation).order_by(messages.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        parts = [[_from_json(part) for part in row.parts] for row in rows]
        wanted = {chunk for message in parts for part in message for chunk in part.chunks}
        known = lookup.quoted(self._engine, wanted, scope) if wanted else {}
        return [
            (_as_said(row, message, known), frozenset(row.audiences)) for row, message in zip(rows, parts, strict=True)
        ]


def _as_said(row: Any, parts: Sequence[Part], known: dict[str, Chunk]) -> Said:
    text = "".join(_rendered(part, known) for part in parts)
    while SOURCE_REMOVED + "\n" + SOURCE_REMOVED in text:
        text = text.replace(SOURCE_REMOVED + "\n" + SOURCE_REMOVED, SOURCE_REMOVED)
    citations = tuple(_citations(row.citations, known))
    whole = all(chunk in known for part in parts for chunk in part.chunks)
    return Said(row.role, row.status, text, citations, whole, row.created_at, row.number, _made(row.made))


def _made(stored: dict[str, Any]) -> Made:
    known = {one.name for one in fields(TokenUse)}
    tokens = {name: count for name, count in stored.get("tokens", {}).items() if name in known}
    return Made(stored.get("model", ""), stored.get("passages", 0), TokenUse(**tokens))


def _rendered(part: Part, known: dict[str, Chunk]) -> str:
    if any(chunk not in known for chunk in part.chunks):
        return SOURCE_REMOVED
    if part.end:
        return known[part.chunks[0]].text[part.start : part.end]
    return part.text


def _citations(stored: Iterable[dict[str, Any]], known: dict[str, Chunk]) -> Iterable[Citation]:
    for one in stored:
        chunk = known.get(one["chunk"])
        if chunk:
            quote = chunk.text[one["start"] : one["end"]]
            anchor = chunk.anchor_at(one["start"])
            place = (quote, anchor, chunk.id, one["start"], one["end"], one.get("relevance", 0.0))
            yield Citation(one["number"], chunk.uri, chunk.title, *place)


def _citation_to_json(citation: Citation) -> dict[str, Any]:
    return {name: getattr(citation, name) for name in ("number", "chunk", "start", "end", "relevance")}


def _to_json(part: Part) -> dict[str, Any]:
    return {"text": part.text, "chunks": list(part.chunks), "start": part.start, "end": part.end}


def _from_json(part: dict[str, Any]) -> Part:
    return Part(part["text"], tuple(part["chunks"]), part["start"], part["end"])
