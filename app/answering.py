"""One question on its way: search, refusal or answer, and what is kept of it. Begun by the desk."""

import logging
import secrets
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app import verified_answers
from app.about_others import is_for_hr
from app.answerer import Answerer, Answering, Piece
from app.conversations import Made, NewMessage, Part
from app.events import VERIFIED, AnswerEvent, Citation, Done, Failed, Found, Refused, Token, Waits
from app.observation.ended import Ended, tell
from app.question import Question
from app.told import citation_of, citations_written, closest, source_of, word_for_word
from retrieval import country
from retrieval.access import Scope
from retrieval.budget import TokenUse, passages_wanted
from retrieval.errors import FrontdeskError, SourceGone
from retrieval.passage import Passage
from retrieval.prompt import ASK, CLOSEST, FOR_HR, REFUSAL, SOURCE_REMOVED, clarification, refusal
from retrieval.rewrite import Turn
from retrieval.search import Finding

if TYPE_CHECKING:
    from app.desk import Desk

_log = logging.getLogger(__name__)
_LOOK = 0.25  # seconds between two looks at whether the sources of an answer in progress are still there


@dataclass(slots=True)
class Answer:
    """One question on its way."""

    desk: "Desk"
    question: Question
    answerer: Answerer
    turns: tuple[Turn, ...]
    conversation: str
    replaced: range  # numbers of messages that go when this one has its answer
    begun: float = field(default_factory=time.perf_counter)
    timings: dict[str, float] = field(default_factory=dict)
    kept: bool = False
    said: list[Part] = field(default_factory=list)
    answer: str = ""
    used: tuple[Passage, ...] = ()
    model: str = ""
    instead_of: str = ""
    answer_id: str = ""
    tokens: TokenUse = field(default_factory=TokenUse)
    by_model: bool = False
    looked: float = 0.0  # when the sources were last seen to be there

    def __post_init__(self) -> None:
        self.model = self.answerer.name

    def events(self) -> Generator[AnswerEvent]:
        """Every way out is one event; what was said before a front end went away is kept."""
        try:
            yield from self._answered()
        except (GeneratorExit, KeyboardInterrupt):
            self._keep_if_possible("stopped", self.said if self._has_sources() else [Part(SOURCE_REMOVED)])
            raise
        except FrontdeskError as exc:
            yield self._failed(exc, exc.user_message, retryable=exc.retryable)
        except Exception as exc:  # noqa: BLE001 - one request must never break a conversation
            yield self._failed(exc, "Something went wrong. Please try again", retryable=True)

    def _answered(self) -> Iterator[AnswerEvent]:
        said, scope = self.question.text, self.question.caller.scope
        if self._is_for_hr(said):  # before anything is searched
            yield from self._held_back(said)
            return
        asked, more = self.desk.understood(said, self.turns, scope)
        if more:  # it leans on an answer
            asked = self.answerer.rewritten(said, self.turns) or asked
        if self._is_for_hr(said, asked):
            yield from self._held_back(asked)
            return
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
            self.model, answering = VERIFIED, word_for_word(finding.passages)
        else:
            self.by_model = True
            keeps = self.turns and self.question.turns is None
            before = self.desk.summaries.before(self.question.caller, self.conversation) if keeps else ()
            answering = self.answerer.begin(self.question.text, asked, finding.passages, (*before, *self.turns))
        self.used, self.tokens = answering.passages, answering.tokens
        yield Found(asked, tuple(map(source_of, answering.passages)), self.conversation, better)
        yield from self._streamed(answering, finding)

    def _is_for_hr(self, said: str, in_full: str = "") -> bool:
        return is_for_hr(self.desk.engine, said, self.question.caller, in_full)

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
        with closing(self._watched(answering.pieces)) as pieces:
            for piece in pieces:
                if piece.before is not None:
                    yield Waits(piece.before, self.conversation)
                elif piece.instead_of:
                    self.instead_of = piece.instead_of
                else:
                    self._say(piece, numbered, answering.rests_on)
                    if piece.quote:
                        passage = numbered[piece.quote.number]
                        citations.append(citation_of(passage, piece.quote.start, piece.quote.end))
                    yield Token(piece.text)
        answer = self.answer.strip()
        if not answer:
            yield self._refused(finding, answering.tokens)
            return
        citations += citations_written(answer, numbered, {citation.number for citation in citations})
        self._mark("total")
        self._look_at_sources()
        self._keep(self._status(), self.said, citations)
        if self.turns and self.question.turns is None:
            self.desk.summaries.refresh(self.question.caller, self.conversation)
        told = (answer, tuple(citations), answering.tokens, self.timings, self.conversation)
        yield Done(*told, self.model, self.answer_id, self.instead_of)

    def _watched(self, pieces: Iterator[Piece]) -> Generator[Piece]:
        """The pieces, as long as what they are made of is there."""
        try:
            for piece in pieces:
                if time.perf_counter() - self.looked > _LOOK:
                    self._look_at_sources()
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close:
                close()

    def _look_at_sources(self) -> None:
        """Raise SourceGone where one was deleted or closed meanwhile: no word of it is said or kept any more."""
        if not self._has_sources():
            raise SourceGone
        self.looked = time.perf_counter()

    def _has_sources(self) -> bool:
        used = {chunk.id for passage in self.used for chunk in passage.chunks}
        return not used or self.desk.retriever.still_has(used, self.question.caller.scope)

    def _status(self) -> str:
        if self.model == VERIFIED:
            return "verified"
        return "quoted" if self.instead_of else "answered"

    def _say(self, piece: Piece, numbered: Mapping[int, Passage], rests_on: tuple[str, ...]) -> None:
        """Remember a piece: a quote as its place, never as its words; neighbouring words as one."""
        if "first_token" not in self.timings:
            self._mark("first_token")
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

    def _held_back(self, asked: str) -> Iterator[AnswerEvent]:
        yield Found(asked, (), self.conversation)
        text = f"{FOR_HR} {ASK.format(contact=self.desk.contact)}"
        self._keep("refused", [Part(text)])
        yield Refused(text, self.desk.contact, (), TokenUse(), {}, self.conversation, self.answer_id)

    def _failed(self, exc: Exception, message: str, *, retryable: bool) -> Failed:
        error = secrets.token_hex(4)
        _log.error("Question failed, error %s", error, exc_info=exc)
        self._mark("total")
        self._keep_if_possible("failed", [Part(f"{message} (error {error})")], error)
        return Failed(message, error, retryable, self.conversation, self.timings)

    def _keep(self, status: str, parts: Sequence[Part], citations: Sequence[Citation] = (), error: str = "") -> None:
        if self.kept:
            return
        audiences = frozenset(passage.audience for passage in self.used)
        made = Made(self.model, len(self.used), self.tokens)
        made_by = self.model if self.by_model else ""
        kept = (tuple(parts), tuple(citations), audiences, dict(self.timings), made, made_by)
        number = self.desk.keep(self.question, self.conversation, NewMessage("assistant", status, *kept))
        self.kept = True
        self.answer_id = f"{self.conversation}:{number}" if number else ""
        self._tell(status, error)
        if self.replaced and status != "failed":
            self.desk.conversations.drop(self.question.caller, self.conversation, self.replaced)

    def _keep_if_possible(self, status: str, parts: Sequence[Part], error: str = "") -> None:
        try:
            self._keep(status, parts, error=error)
        except FrontdeskError as exc:  # the ledger is busy, or the conversation was deleted meanwhile
            _log.error("A message could not be kept", exc_info=exc)
            self._tell(status, error)

    def _tell(self, status: str, error: str) -> None:
        prompt = self.tokens.prompt
        tell(self.desk.watches, Ended(status, self.model, dict(self.timings), prompt, self.conversation, error))

    def _mark(self, stage: str) -> None:
        self.timings[stage] = round(1000 * (time.perf_counter() - self.begun), 2)
