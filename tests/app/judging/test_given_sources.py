"""The desk answers held-out questions from their own sources, the way it answers everybody."""

from app.answerer import Piece
from app.bootstrap import Home
from app.events import Done, Failed, Refused
from app.judging.given_sources import GivenSources, Nearness, ask, ask_closed_book, passages_of, turns_of
from app.quoting import QuotingAnswerer
from retrieval.errors import ModelUnavailable
from retrieval.rewrite import Turn
from tests.app.judging.examples import ABOUT_LEAVE, ABOUT_PLANETS, FOLLOW_UP, LAPTOP, LEAVE
from tests.app.test_desk import Scripted


def test_the_sources_of_the_example_are_quoted_and_cited(office: Home) -> None:
    quoting = QuotingAnswerer(office.retriever)
    end = ask(office.desk, quoting, ABOUT_LEAVE, GivenSources(passages_of(ABOUT_LEAVE), Nearness(office.embedder)))
    assert isinstance(end, Done)
    assert end.answer == f"{LEAVE} [2]"


def test_without_evidence_the_product_refuses_before_the_answerer_is_asked(office: Home) -> None:
    answerer = Scripted([Piece("Venus. [1]")])
    end = ask(office.desk, answerer, ABOUT_PLANETS, GivenSources(passages_of(ABOUT_PLANETS), Nearness(office.embedder)))
    assert isinstance(end, Refused)
    assert not answerer.closed


def test_the_conversation_before_the_question_goes_in(office: Home) -> None:
    answerer = Scripted([Piece(f"{LAPTOP} [1]")])
    end = ask(office.desk, answerer, FOLLOW_UP, GivenSources(passages_of(FOLLOW_UP), Nearness(office.embedder)))
    assert isinstance(end, Done)
    assert answerer.turns == turns_of(FOLLOW_UP) == (Turn("How does laptop repair work?", "By us. [1]"),)


def test_a_closed_book_has_no_source_and_a_failure_says_nothing() -> None:
    assert ask_closed_book(Scripted([Piece("Sixteen "), Piece("weeks. ")]), ABOUT_LEAVE) == "Sixteen weeks."
    assert ask_closed_book(Scripted([ModelUnavailable("Busy")]), ABOUT_LEAVE) == ""


def test_a_failing_answerer_ends_in_failed(office: Home) -> None:
    given = GivenSources(passages_of(ABOUT_LEAVE), Nearness(office.embedder))
    assert isinstance(ask(office.desk, Scripted([KeyError("x")]), ABOUT_LEAVE, given), Failed)
