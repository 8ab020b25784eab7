"""From a question and its wanted answer to an example: the search, the budget and the prompt are those of run time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from app.desk import Desk
from app.finetune.citing import Cite, said_by
from app.finetune.example import Example, SourceText
from retrieval import country
from retrieval.access import Scope
from retrieval.budget import TokenCounter, fit, passages_wanted
from retrieval.chunk import Chunk, digest
from retrieval.errors import OverWindow
from retrieval.passage import Passage
from retrieval.prompt import Message, messages
from retrieval.rewrite import Turn
from retrieval.search import Verified

_SAYS_IT_TOO = 0.6  # share of an answer's words in a source, from which on a refusal would be wrong


@dataclass(frozen=True, slots=True)
class Case:
    """A question with the way to its answer.

    `uris` are the documents that it is about, `without` words that no source may hold for a refusal to be right, and
    `apart` documents that are kept from the search.
    """

    question: str
    origin: str
    cite: Cite
    uris: tuple[str, ...] = ()
    turns: tuple[Turn, ...] = ()
    without: tuple[str, ...] = ()
    apart: frozenset[str] = frozenset()
    form: str = ""

    @property
    def key(self) -> str:
        """What makes it the same question as another one: a follow-up is what it follows, too."""
        return " ".join([*(turn.question for turn in self.turns), self.question])


class Unfit(Exception):
    """No example can be made of this case; the text is the reason, for the final table."""


class Uncounted:
    """Counts nothing: all sources and turns stay in, as in a window without end."""

    window = 1 << 30

    def count(self, conversation: Sequence[Message]) -> int:
        """Nothing."""
        return 0


@dataclass(frozen=True, slots=True)
class Assembly:
    """Makes examples. `reserve` are the tokens kept free for the answer."""

    desk: Desk
    scope: Scope
    counter: TokenCounter
    reserve: int

    def example(self, case: Case, closed: frozenset[str], shuffle: Random | None = None) -> Example:
        """The example; `closed` documents are never shown, `shuffle` puts the sources into another order.

        Raises:
            Unfit: at run time there would be no such answer.
        """
        passages = self._shown(case, self._found(case, closed | case.apart))
        try:
            prompt = fit(case.question, passages, case.turns, self.counter, self.reserve)
        except OverWindow as exc:
            raise Unfit("too long for the window") from exc
        turns = case.turns[len(case.turns) - _turns_in(prompt.messages) :]
        kept = list(prompt.passages)
        if shuffle:
            shuffle.shuffle(kept)
        kept = _numbered(kept)
        cited = case.cite(kept)
        if cited is None:
            raise Unfit("its source was not found" if not case.uris else "its source was not among those found")
        answer, supports = cited
        said = tuple(messages(case.question, kept, turns))
        kind = "refusal" if not supports else "follow-up" if turns else "answer"
        sources = tuple(SourceText(one.number, one.uri, one.title, one.heading, one.text) for one in kept)
        name = digest("\n".join([*(message.text for message in said), answer]))[:16]
        return Example(name, kind, said, answer, sources, supports, case.origin)

    def _found(self, case: Case, closed: frozenset[str]) -> Sequence[Passage]:
        asked, more = self.desk.understood(case.question, case.turns, self.scope)
        works_in = country.told(case.turns)
        wanted = passages_wanted(case.question)
        finding = self.desk.retriever.find(asked, self.scope, wanted, works_in, more, Verified(closed=closed))
        if finding.undecided and country.may_ask(asked, case.turns):
            raise Unfit("the country would be asked for")
        return finding.passages

    def _shown(self, case: Case, found: Sequence[Passage]) -> Sequence[Passage]:
        """What was found, without the chunks that hold the words to be withheld."""
        parts = [
            replace(passage, chunks=tuple(one for one in passage.chunks if not _holds(one, case.without)))
            for passage in found
        ]
        shown = [passage for passage in parts if passage.chunks]
        if not shown:
            raise Unfit("nothing was found")
        if any(said_by(words, passage) >= _SAYS_IT_TOO for words in case.without for passage in shown):
            raise Unfit("another source says it too")
        return _numbered(shown)


def _holds(chunk: Chunk, words: Sequence[str]) -> bool:
    return any(each in chunk.text for each in words)


def _numbered(passages: Sequence[Passage]) -> list[Passage]:
    return [replace(passage, number=number) for number, passage in enumerate(passages, start=1)]


def _turns_in(said: Sequence[Message]) -> int:
    return sum(message.role == "assistant" for message in said)
