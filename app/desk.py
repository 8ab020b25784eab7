"""The answering service: one object that the server, the command line and the tests use."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from app.access import Action, authorize
from app.answerer import Answerer
from app.answering import Answer
from app.conversations import Conversations, NewMessage, Part
from app.events import AnswerEvent
from app.observation.ended import Watch
from app.question import Question, refuse_broken, refuse_unusable
from app.summaries import NO_SUMMARIES, Memory
from retrieval import country
from retrieval.access import Scope
from retrieval.errors import Missing
from retrieval.rewrite import Turn, context
from retrieval.search import Search


@dataclass(frozen=True, slots=True)
class Begun:
    """An accepted question: where it is kept, and the events of its answer. Closing these stops the answer."""

    conversation: str
    replaces: int
    events: Generator[AnswerEvent]


# Of a history that the client brings; more says nothing about the question, and would be searched with all the same.
_MOST_TURNS, _LONGEST_TURN = 50, 8_000  # characters of its question, and of its answer


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions. `threshold` is the least probability that the sources hold the answer.

    `watches` are told how each question ended.
    """

    engine: Engine
    retriever: Search
    answerers: Mapping[str, Answerer]
    conversations: Conversations
    threshold: float
    contact: str
    watches: Sequence[Watch] = ()
    summaries: Memory = NO_SUMMARIES

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        """Accept a question; its events end in exactly one of Done, Refused and Failed. Raises what `begin` does."""
        return self.begin(question).events

    def begin(self, question: Question) -> Begun:
        """The same, and where it is kept.

        Raises:
            QuestionRefused, Missing, Forbidden: at once, for a question that is not accepted.
        """
        authorize(question.caller, Action.ASK)
        refuse_unusable(question.text)
        given = tuple(map(_shortened, (question.turns or ())[-_MOST_TURNS:]))
        for turn in given:
            refuse_broken(turn.question + turn.answer)
        answerer = self.answerer(question.answerer)
        answerer.check(question.text)
        turns: Sequence[Turn] = given
        conversation = question.conversation
        if question.turns is None:
            if conversation:
                conversation = self.conversations.continued(question.caller, conversation)
                turns = self.conversations.turns(question.caller, conversation, question.replaces)
            else:
                conversation = self.conversations.begin(question.caller, question.text)
            asked = self.keep(question, conversation, NewMessage("user", "asked", (Part(question.text),)))
            replaced = range(question.replaces, asked) if question.replaces else range(0)
        else:
            replaced = range(0)
        answer = Answer(self, question, answerer, tuple(turns), conversation, replaced)
        return Begun(conversation, question.replaces, answer.events())

    def understood(self, text: str, turns: Sequence[Turn], scope: Scope) -> tuple[str, str]:
        """The question that stands alone, and what else of the conversation to search with."""
        nearest = self.retriever.nearest(text, scope) if turns else 1.0
        return country.resolved(text, turns, nearest), context(text, turns, nearest)

    def answerer(self, name: str) -> Answerer:
        """The answerer of this name; the first one without a name."""
        found = self.answerers.get(name) if name else next(iter(self.answerers.values()))
        if found is None:
            raise Missing(f"There is no model {name!r}. Known are: {', '.join(self.answerers)}")
        return found

    def keep(self, question: Question, conversation: str, message: NewMessage) -> int:
        """Append a message to the conversation, unless the client keeps the history; returns its number there."""
        return 0 if question.turns is not None else self.conversations.add(question.caller, conversation, message)


def _shortened(turn: Turn) -> Turn:
    return replace(turn, question=turn.question[:_LONGEST_TURN], answer=turn.answer[:_LONGEST_TURN])
