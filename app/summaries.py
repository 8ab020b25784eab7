"""What older turns of a conversation came to, made in the background, kept with everything that it was built from.

A summary enters a prompt only where all its audiences are in scope and all its chunks are still there.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, runtime_checkable

from sqlalchemy import Engine, Row, delete, insert, select

from app.access import Action, Caller
from app.answerer import Answerer
from app.conversations import Conversations
from app.tables import messages, summaries
from retrieval.errors import FrontdeskError
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading, writing
from retrieval.rewrite import Turn

_log = logging.getLogger(__name__)
_ANSWERS = ("answered", "quoted", "verified", "refused", "clarified")
Start = Callable[[Callable[[], None]], object]


@runtime_checkable
class Condenser(Protocol):
    """A language model that can sum up."""

    @property
    def name(self) -> str:
        """The model's name."""
        ...

    def condensed(self, turns: Sequence[Turn]) -> Turn | None:
        """What the older ones of these turns come to; None while that is not needed or cannot be had."""
        ...


class Memory(Protocol):
    """What the desk asks for: what older turns came to, and to sum up after an answer."""

    def before(self, caller: Caller, conversation: str) -> tuple[Turn, ...]:
        """The summary as a turn, if there is one that this caller may read."""
        ...

    def refresh(self, caller: Caller, conversation: str) -> None:
        """After an answer."""
        ...


class NoSummaries:
    """Where no model can sum up."""

    def before(self, caller: Caller, conversation: str) -> tuple[Turn, ...]:
        """Nothing."""
        return ()

    def refresh(self, caller: Caller, conversation: str) -> None:
        """Nothing."""


NO_SUMMARIES = NoSummaries()


def in_a_thread(work: Callable[[], None]) -> None:
    """Do it beside everything else; what is not done when the process ends is done after the next answer."""
    threading.Thread(target=work, daemon=True, name="summary").start()


class Summaries:
    """The summaries of one home, made by the first answerer where that can; one at a time for a conversation."""

    def __init__(
        self, engine: Engine, conversations: Conversations, answerers: Mapping[str, Answerer], start: Start
    ) -> None:
        self._engine = engine
        self._conversations = conversations
        self._answerers = answerers
        self._start = start
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def before(self, caller: Caller, conversation: str) -> tuple[Turn, ...]:
        """The summary as a turn, if there is one that this caller may read; it comes before all turns."""
        self._conversations.open(caller, conversation, Action.READ_CONVERSATION)
        with reading(self._engine) as connection:
            row = connection.execute(select(summaries).where(summaries.c.conversation == conversation)).first()
        if row is None or not caller.scope.audiences.issuperset(row.audiences):
            return ()
        known = lookup.quoted(self._engine, row.chunks, caller.scope) if row.chunks else {}
        return (Turn("", row.text, row.turns),) if known.keys() >= set(row.chunks) else ()

    def refresh(self, caller: Caller, conversation: str) -> None:
        """After an answer: sum up in the background, if it is time for that."""
        first = next(iter(self._answerers.values()))
        if not isinstance(first, Condenser):
            return
        with self._lock:
            if conversation in self._busy:
                return
            self._busy.add(conversation)
        self._start(lambda: self._made(caller, conversation, first))

    def _made(self, caller: Caller, conversation: str, condenser: Condenser) -> None:
        try:
            self._make(caller, conversation, condenser)
        except FrontdeskError as exc:  # the conversation was deleted meanwhile, or the ledger is busy
            _log.warning("Older turns were not summed up: %s", exc)
        finally:
            with self._lock:
                self._busy.discard(conversation)

    def _make(self, caller: Caller, conversation: str, condenser: Condenser) -> None:
        before = self.before(caller, conversation)
        turns = self._conversations.turns(caller, conversation)
        answers = self._answers(conversation)
        if len(answers) != len(turns):  # some are closed to this reader or not whole: nothing is mixed
            return
        covered = sum(turn.covers for turn in before)
        new = condenser.condensed([*before, *turns[covered:]])
        if new:
            self._keep(conversation, new, answers[: new.covers], condenser.name)

    def _answers(self, conversation: str) -> list[Row[Any]]:
        query = select(messages).where(messages.c.conversation == conversation, messages.c.role == "assistant")
        with reading(self._engine) as connection:
            rows = connection.execute(query.where(messages.c.status.in_(_ANSWERS)).order_by(messages.c.number))
            return list(rows)

    def _keep(self, conversation: str, new: Turn, rests_on: Sequence[Row[Any]], model: str) -> None:
        chunks = {chunk for row in rests_on for part in row.parts for chunk in part["chunks"]}
        chunks |= {one["chunk"] for row in rests_on for one in row.citations}
        row = {
            "conversation": conversation,
            "until": rests_on[-1].number,
            "turns": new.covers,
            "text": new.answer,
            "chunks": sorted(chunks),
            "audiences": sorted({audience for one in rests_on for audience in one.audiences}),
            "model": model,
            "at": datetime.now(UTC),
        }
        with writing(self._engine) as connection:
            connection.execute(delete(summaries).where(summaries.c.conversation == conversation))
            connection.execute(insert(summaries), [row])
