"""The answering service: one object that the server, the command line and the tests use."""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from app import verified_answers
from app.access import Action, Caller, authorize
from app.answerer import Answerer, Answering, Piece, Quote
from app.conversations import Conversations, NewMessage, Part
from app.events import VERIFIED, AnswerEvent, Citation, Done, Failed, Found, Refused, Token
from app.grounding import cited, claim_of, support
from app.observation.ended import Ended, Watch, tell
from app.summaries import NO_SUMMARIES, Memory
from app.told import citation_of, closest, source_of
from retrieval import country
from retrieval.access import Scope
from retrieval.budget import TokenUse, passages_wanted
from retrieval.errors import FrontdeskError, Missing, QuestionRefused
from retrieval.passage import Passage
from retrieval.prompt import ASK, CLOSEST, REFUSAL, clarification, refusal
from retrieval.rewrite import Turn, context
from retrieval.search import Finding, Retriever

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `turns` is history that the client brings itself; then nothing is kept.

    `conversation` continues one; without it a new one begins. `alone` is what the asker may read where nobody else sees
    the answer, if others see this one.
    """

    text: str
    caller: Caller
    conversation: str = ""
    turns: tuple[Turn, ...] | None = None
    answerer: str = ""
    alone: Scope | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions. `threshold` is the least probability that the sources hold the answer.

    `watches` are told how each question ended.
    """

    engine: Engine
    retriever: Retriever
    answerers: Mapping[str, Answerer]
    conversations: Conversations
    threshold: float
    contact: str
    watches: Sequence[Watch] = ()
    summaries: Memory = NO_SUMMARIES

    def ask(self, question: Question) -> Iterator[AnswerEvent]:
        """Accept a question; its events end in exactly one of Done, Refused and Failed.

        Raises:
            QuestionRefused, Missing, Forbidden: at once, for a question that is not accepted.
        """
        authorize(question.caller, Action.ASK)
        refuse_unusable(question.text)
        for turn in question.turns or ():
            _refuse_broken(turn.question + turn.answer)
        answerer = self._answerer(question.answerer)
        answerer.check(question.text)
        turns: Sequence[Turn] = question.turns or ()
        conversation = question.conversation
        if question.turns is None:
            if conversation:
                conversation = self.conversations.continued(question.caller, conversation)
                turns = self.conversations.turns(question.caller, conversation)
            else:
                conversation = self.conversations.begin(question.caller, question.text)
            self.keep(question, conversation, NewMessage("user", "asked", (Part(question.text),)))
        return _Answer(self, question, answerer, tuple(turns), conversation).events()

    def understood(self, text: str, turns: Sequence[Turn], scope: Scope) -> tuple[str, str]:
        """The question that stands alone, and what else of the conversation to search with."""
        nearest = self.retriever.nearest(text, scope) if turns else 1.0
        return country.resolved(text, turns, nearest), context(text, turns, nearest)

    def _answerer(self, name: str) -> Answerer:
        if name and name not in self.answerers:
            raise Missing(f"There is no model {name!r}. Known are: {', '.join(self.answerers)}")
        return self.answerers[name or next(iter(self.answerers))]

    def keep(self, question: Question, conversation: str, message: NewMessage) -> str:
        """Append a message to the conversation, unless the client keeps the history; returns the message's id."""
        if question.turns is not None:
            return ""
        return f"{conversation}:{self.conversations.add(question.caller, conversation, message)}"


@dataclass(slots=True)
class _Answer:
    """One question on its way."""

    desk: Desk
    question: Question
    answerer: Answerer
    turns: tuple[Turn, ...]
    conversation: str
    begun: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    kept: bool = False
    said: list[Part] = field(default_factory=list)
    answer: str = ""
    used: tuple[Passage, ...] = ()
    model: str = ""
    answer_id: str = ""
    tokens: TokenUse = field(default_factory=TokenUse)

    def __post_init__(self) -> None:
        self.model = self.answerer.name

    def events(self) -> Iterator[AnswerEvent]:
        """Every way out is one event; what was said before a front end went away is kept."""
        try:
            yield from self._answered()
        except (GeneratorExit, KeyboardInterrupt):
            self._keep_if_possible("stopped", self.said)
            raise
        except FrontdeskError as exc:
            yield self._failed(exc, exc.user_message, retryable=exc.retryable)
        except Exception as exc:  # noqa: BLE001 - one request must never break a conversation
            yield self._failed(exc, "Something went wrong. Please try again", retryable=True)

    def _answered(self) -> Iterator[AnswerEvent]:
        said, scope = self.question.text, self.question.caller.scope
        asked, more = self.desk.understood(said, self.turns, scope)
        if more:  # it leans on an answer
            asked = self.answerer.rewritten(said, self.turns) or asked
        finding = self._find(asked, more, scope)
        self._mark("search")
        better = self._better_alone(asked, more)
        if not finding.passages or finding.answerable < self.desk.threshold:
            yield Found(asked, (), self.conversation, better)
            yield self._refused(finding, TokenUse())
            return
        if finding.undecided and country.may_ask(asked, self.turns):
            yield Found(asked, (), self.conversation, better)
            yield from self._clarifying(finding)
            return
        if finding.verified:
            self.model, answering = VERIFIED, _word_for_word(finding.passages)
        else:
            keeps = self.turns and self.question.turns is None
            before = self.desk.summaries.before(self.question.caller, self.conversation) if keeps else ()
            answering = self.answerer.begin(self.question.text, asked, finding.passages, (*before, *self.turns))
        self.used, self.tokens = answering.passages, answering.tokens
        yield Found(asked, tuple(map(source_of, answering.passages)), self.conversation, better)
        yield from self._streamed(answering, finding)

    def _find(self, asked: str, more: str, scope: Scope) -> Finding:
        works_in = self.question.caller.country or country.told(self.turns)
        verified = verified_answers.standing(self.desk.engine, scope, datetime.now(UTC).date())
        wanted = passages_wanted(self.question.text)
        return self.desk.retriever.find(asked, scope, wanted, works_in, more, verified)

    def _better_alone(self, asked: str, more: str) -> bool:
        """Whether the asker alone would be answered from a source that is closed to others who see this answer."""
        alone, scope = self.question.alone, self.question.caller.scope
        if alone is None or alone.audiences <= scope.audiences:
            return False
        finding = self._find(asked, more, alone)
        best = finding.passages[:1] if finding.answerable >= self.desk.threshold else ()
        return any(passage.audience not in scope for passage in best)

    def _clarifying(self, finding: Finding) -> Iterator[AnswerEvent]:
        """Ask which country is meant: a normal answer in our own words, made of what the asker may read."""
        text = clarification(finding.undecided)
        self.used = finding.passages
        self._mark("first_token")
        self._mark("total")
        yield Token(text)
        self._keep("clarified", [Part(text)])
        yield Done(text, (), TokenUse(), self.timings, self.conversation, "", self.answer_id)

    def _streamed(self, answering: Answering, finding: Finding) -> Iterator[AnswerEvent]:
        citations: list[Citation] = []
        numbered = {passage.number: passage for passage in answering.passages}
        try:
            for piece in answering.pieces:
                if "first_token" not in self.timings:
                    self._mark("first_token")
                self._say(piece, numbered, answering.rests_on)
                if piece.quote:
                    passage = numbered[piece.quote.number]
                    citations.append(citation_of(passage, piece.quote.start, piece.quote.end))
                yield Token(piece.text)
        finally:
            close = getattr(answering.pieces, "close", None)
            if close:
                close()
        answer = self.answer.strip()
        if not answer:
            yield self._refused(finding, answering.tokens)
            return
        citations = citations or [
            citation_of(numbered[number], *support(claim_of(answer, number), numbered[number]))
            for number in cited(answer)
            if number in numbered
        ]
        self._mark("total")
        self._keep("verified" if self.model == VERIFIED else "answered", self.said, citations)
        if self.turns and self.question.turns is None:
            self.desk.summaries.refresh(self.question.caller, self.conversation)
        told = (answer, tuple(citations), answering.tokens, self.timings, self.conversation)
        yield Done(*told, self.model, self.answer_id)

    def _say(self, piece: Piece, numbered: Mapping[int, Passage], rests_on: tuple[str, ...]) -> None:
        """Remember a piece: a quote as its place, never as its words; neighbouring words as one."""
        self.answer += piece.text
        if piece.quote:
            place = numbered[piece.quote.number].place(piece.quote.start, piece.quote.end)
            self.said.append(Part("", (place.chunk.id,), place.start, place.end))
        elif self.said and not self.said[-1].end:
            self.said[-1] = Part(self.said[-1].text + piece.text, rests_on)
        else:
            self.said.append(Part(piece.text, rests_on))

    def _refused(self, finding: Finding, tokens: TokenUse) -> Refused:
        near = closest(finding)
        first = finding.hits[0] if finding.hits else None
        contact = (first.found.contact if first else "") or self.desk.contact
        parts = [Part(f"{REFUSAL} {ASK.format(contact=contact)}")]
        if near:
            parts.append(Part(f"\n\n{CLOSEST}"))
            parts += [Part(f"\n- {one.title}", (one.chunk,)) for one in near]
        self._mark("total")
        self.used = ()
        self._keep("refused", parts)
        text = refusal(contact, [one.title for one in near])
        return Refused(text, contact, near, tokens, self.timings, self.conversation, self.answer_id)

    def _failed(self, exc: Exception, message: str, *, retryable: bool) -> Failed:
        error = secrets.token_hex(4)
        _log.error("Question failed, error %s", error, exc_info=exc)
        self._mark("total")
        self._keep_if_possible("failed", [Part(message)], error)
        return Failed(message, error, retryable, self.conversation, self.timings)

    def _keep(self, status: str, parts: Sequence[Part], citations: Sequence[Citation] = (), error: str = "") -> None:
        if self.kept:
            return
        self.kept = True
        prompt = self.tokens.prompt
        ended = Ended(status, self.model, dict(self.timings), prompt, self.conversation, error)
        tell(self.desk.watches, ended)
        audiences = frozenset(passage.audience for passage in self.used)
        message = NewMessage("assistant", status, tuple(parts), tuple(citations), audiences, dict(self.timings))
        self.answer_id = self.desk.keep(self.question, self.conversation, message)

    def _keep_if_possible(self, status: str, parts: Sequence[Part], error: str = "") -> None:
        try:
            self._keep(status, parts, error=error)
        except FrontdeskError as exc:  # the ledger is busy, or the conversation was deleted meanwhile
            _log.error("A message could not be kept", exc_info=exc)

    def _mark(self, stage: str) -> None:
        self.timings[stage] = round(1000 * (time.perf_counter() - self.begun), 2)


def refuse_unusable(question: str) -> None:
    """Raise QuestionRefused for a text that is no question."""
    if not question.strip():
        raise QuestionRefused("The question is empty. Please type one")
    _refuse_broken(question)


def _refuse_broken(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as exc:
        raise QuestionRefused("The question is no valid UTF-8 text. Please type it again") from exc


def _word_for_word(passages: Sequence[Passage]) -> Answering:
    """An answer that somebody approved is given as it stands."""
    pieces = [
        piece
        for passage in passages
        for piece in (Piece(passage.text, Quote(passage.number, 0, len(passage.text))), Piece(f" [{passage.number}]"))
    ]
    return Answering(tuple(passages), TokenUse(), iter(pieces))
