"""Where the language model fails, the documents are quoted: it is said, once, and no word is lost or doubled."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.access import NOBODY, Caller
from app.answerer import Answerer, Answering, Piece, Size
from app.bootstrap import Home
from app.breaker import Breaker
from app.events import AnswerEvent, Done, Failed, Token, Waits
from app.falling_back import FallingBack
from app.question import Question
from app.quoting import QuotingAnswerer
from retrieval.budget import TokenUse
from retrieval.errors import ModelBusy, ModelTooSlow, ModelUnavailable, OverWindow
from retrieval.passage import Passage
from retrieval.prompt import BROKE_OFF
from retrieval.rewrite import Turn
from tests.app.commands import LEAVE, UNKNOWN

QUOTE = "Every employee has 27 days of annual leave. [1]"


class Says:
    """A model that says its pieces; an exception among them is raised."""

    name = "llama"

    def __init__(self, *pieces: Any, begins: Exception | None = None) -> None:
        self._pieces, self._begins = pieces, begins
        self.begun = 0

    def check(self, question: str) -> Size:
        if self._begins:
            raise self._begins
        return Size(1, 100, "tokens")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        self.begun += 1
        if self._begins:
            raise self._begins
        return Answering(tuple(passages[:1]), TokenUse(100, 50, 20), self._said())

    def _said(self) -> Iterator[Piece]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece if isinstance(piece, Piece) else Piece(piece)


def asked(office: Home, model: Says, breaker: Breaker | None = None, question: str = LEAVE) -> list[AnswerEvent]:
    answerer: Answerer = FallingBack(model, QuotingAnswerer(office.retriever), breaker)
    desk = replace(office.desk, answerers={"llama": answerer})
    return list(desk.ask(Question(question, NOBODY)))


def told(events: Sequence[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def ends(events: Sequence[AnswerEvent]) -> list[str]:
    return [event.kind for event in events if event.kind in ("done", "refused", "failed")]


@pytest.mark.parametrize(
    "model",
    [
        Says(ModelUnavailable("gone")),
        Says(ModelTooSlow()),
        Says(" ", ModelUnavailable("gone")),
        Says(begins=ModelUnavailable("gone")),
    ],
    ids=["fails", "too slow", "fails after a blank", "cannot even count"],
)
def test_a_model_that_fails_before_its_first_word_leaves_the_quotes_alone(office: Home, model: Says) -> None:
    events = asked(office, model)
    last = events[-1]
    assert isinstance(last, Done)
    assert (last.answer, last.instead_of, ends(events)) == (QUOTE, "llama", ["done"])
    assert [citation.quote for citation in last.citations] == ["Every employee has 27 days of annual leave."]


def test_a_model_that_breaks_off_is_told_and_its_words_stay_once(office: Home) -> None:
    events = asked(office, Says("You have ", "27 days [1]", ModelUnavailable("gone")))
    last = events[-1]
    assert isinstance(last, Done)
    assert last.answer == told(events).strip() == f"You have 27 days [1] ...\n\n{BROKE_OFF}\n\n{QUOTE}"
    assert (last.instead_of, ends(events)) == ("llama", ["done"])


def test_a_model_that_works_is_not_touched(office: Home) -> None:
    last = asked(office, Says("You have 27 days [1]."))[-1]
    assert isinstance(last, Done)
    assert (last.answer, last.instead_of, len(last.citations)) == ("You have 27 days [1].", "", 1)


def test_it_is_kept_in_the_conversation_as_quoted(office: Home, hana: Caller) -> None:
    desk = replace(
        office.desk, answerers={"llama": FallingBack(Says(ModelTooSlow()), QuotingAnswerer(office.retriever))}
    )
    *_, last = desk.ask(Question(LEAVE, hana))
    assert isinstance(last, Done)
    said = office.conversations.transcript(hana, last.conversation)
    assert [(one.status, one.text) for one in said] == [("asked", LEAVE), ("quoted", QUOTE)]
    assert len(office.conversations.turns(hana, last.conversation)) == 1


def test_it_is_counted(office: Home) -> None:
    ended: list[Any] = []
    answerer = FallingBack(Says(ModelTooSlow()), QuotingAnswerer(office.retriever))
    desk = replace(office.desk, answerers={"llama": answerer}, watches=(ended.append,))
    list(desk.ask(Question(LEAVE, NOBODY)))
    assert [(one.outcome, one.model) for one in ended] == [("quoted", "llama")]


def test_who_waits_is_told_and_answered_by_the_model(office: Home) -> None:
    events = asked(office, Says(Piece("", before=2), Piece("", before=1), "Yes [1]."))
    assert [event.before for event in events if isinstance(event, Waits)] == [2, 1]
    assert told(events) == "Yes [1]."


def test_a_busy_model_is_no_failure_but_says_when_to_come_back(office: Home) -> None:
    breaker = Breaker(failures=1)
    events = asked(office, Says(ModelBusy(16, "14:05", 3)), breaker)
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.message == "16 questions are waiting already. Please try again at 14:05 UTC, in about 3 minutes"
    assert (last.retryable, ends(events), breaker.lets_through()) == (True, ["failed"], True)


def test_a_model_that_keeps_failing_is_left_alone_for_a_while(office: Home) -> None:
    model, breaker = Says(ModelUnavailable("gone")), Breaker(failures=2)
    for _ in range(4):
        assert isinstance(asked(office, model, breaker)[-1], Done)
    assert model.begun == 2


def test_a_model_that_works_again_answers_a_follow_up(office: Home) -> None:
    # Rewriting the question used up the one try after the rest, so that the model was never asked for an answer.
    model, breaker = Says("Twenty-seven days. [1]"), Breaker(failures=1, rest=0)
    breaker.failed()
    desk = replace(office.desk, answerers={"llama": FallingBack(model, QuotingAnswerer(office.retriever), breaker)})
    turns = (Turn(LEAVE, "27 days. [1]"),)
    *_, last = desk.ask(Question("And how many days for parents?", NOBODY, turns=turns))
    assert isinstance(last, Done)
    assert (model.begun, last.instead_of, breaker.has_tripped) == (1, "", False)


def test_a_question_that_is_too_long_for_the_model_is_refused_as_before(office: Home) -> None:
    answerer = FallingBack(Says(begins=OverWindow(3, 100)), QuotingAnswerer(office.retriever))
    with pytest.raises(OverWindow):
        answerer.check("leave")


def test_what_the_documents_do_not_say_is_refused_without_the_model(office: Home) -> None:
    model = Says(ModelUnavailable("gone"))
    assert ends(asked(office, model, question=UNKNOWN)) == ["refused"]
    assert model.begun == 0


def test_closing_early_closes_the_model(office: Home) -> None:
    closed = []

    class Closes(Says):
        def _said(self) -> Iterator[Piece]:
            try:
                yield Piece("You ")
                yield Piece("have ")
            finally:
                closed.append(True)

    answerer: Answerer = FallingBack(Closes(), QuotingAnswerer(office.retriever))
    desk = replace(office.desk, answerers={"llama": answerer})
    events = desk.ask(Question(LEAVE, NOBODY))
    assert next(event for event in events if isinstance(event, Token)).text == "You "
    events.close()  # type: ignore[attr-defined]
    assert closed == [True]
