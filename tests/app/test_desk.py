"""The answering service: every accepted question ends in exactly one of Done, Refused and Failed."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.access import NOBODY, Caller
from app.answerer import Answering, Piece, Quote, Size
from app.bootstrap import Home
from app.desk import Desk
from app.events import AnswerEvent, Done, Failed, Found, Refused, Token
from app.llm.local import load_llama
from app.prompted import PromptedAnswerer
from app.question import Question
from retrieval.budget import TokenUse
from retrieval.errors import Missing, ModelUnavailable, QuestionRefused
from retrieval.ledger import lookup
from retrieval.passage import Passage
from retrieval.rewrite import Turn

LEAVE = "How many days of annual leave does every employee have?"
PAY = "What is the salary of grade G5 in Leeds?"
UNKNOWN = "Which planet has the most volcanoes?"


@dataclass
class Scripted:
    """An answerer that gives these pieces; an exception among them is raised. Remembers what it was asked."""

    pieces: Sequence[Piece | Exception]
    name: str = "scripted"
    rewriting: str = ""
    standalone: str = ""
    turns: tuple[Turn, ...] = ()
    closed: bool = False

    def check(self, question: str) -> Size:
        if "forbidden word" in question:
            raise QuestionRefused("Not this word, please")
        return Size(len(question), 1000, "characters")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return self.rewriting

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        self.standalone, self.turns = standalone, tuple(turns)
        chunks = tuple(chunk.id for passage in passages for chunk in passage.chunks)
        return Answering(tuple(passages), TokenUse(100, 50, 10, 1, 2), self._said(), chunks)

    def _said(self) -> Iterator[Piece]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed = True


class NeverBegins(Scripted):
    """Fails before the first piece."""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        raise ZeroDivisionError("a secret path: /srv/hr/bands.md")


def desk_with(office: Home, answerer: Scripted, **changes: object) -> Desk:
    return replace(office.desk, answerers={answerer.name: answerer}, threshold=0.0, **changes)  # type: ignore[arg-type]


def asked(desk: Desk, text: str, caller: Caller = NOBODY, **more: object) -> list[AnswerEvent]:
    return list(desk.ask(Question(text, caller, **more)))  # type: ignore[arg-type]


def ends(events: Sequence[AnswerEvent]) -> list[type]:
    return [type(event) for event in events if isinstance(event, Done | Refused | Failed)]


def statuses(office: Home, event: Done | Refused | Failed, caller: Caller = NOBODY) -> list[tuple[str, str]]:
    return [(said.role, said.status) for said in office.conversations.transcript(caller, event.conversation)]


def test_an_answer_is_found_then_tokens_then_done(office: Home) -> None:
    events = asked(office.desk, LEAVE)
    kinds = [event.kind for event in events]
    assert (kinds[0], kinds[-1]) == ("found", "done")
    assert set(kinds[1:-1]) == {"token"}


def test_the_tokens_are_the_answer(office: Home) -> None:
    *events, done = asked(office.desk, LEAVE)
    assert isinstance(done, Done)
    assert "".join(event.text for event in events if isinstance(event, Token)) == done.answer
    assert "Every employee has 27 days of annual leave." in done.answer


@pytest.mark.parametrize(
    ("pieces", "end"),
    [
        ([Piece("You have "), Piece("27 days [1].")], Done),
        ([], Refused),
        ([Piece("  "), Piece("\n")], Refused),
        ([ModelUnavailable("The model is busy")], Failed),
        ([Piece("You have "), ModelUnavailable("The model is busy")], Failed),
        ([Piece("You have "), KeyError("x")], Failed),
    ],
    ids=["answer", "nothing", "blanks", "fails at once", "fails in mid-stream", "surprises in mid-stream"],
)
def test_whatever_an_answerer_does_there_is_exactly_one_end(
    office: Home, pieces: Sequence[Piece | Exception], end: type
) -> None:
    answerer = Scripted(pieces)
    events = asked(desk_with(office, answerer), LEAVE)
    assert ends(events) == [end]
    assert isinstance(events[-1], end)
    assert answerer.closed


def test_an_answerer_that_cannot_even_begin_ends_in_failed(office: Home) -> None:
    assert ends(asked(desk_with(office, NeverBegins([])), LEAVE)) == [Failed]


def test_a_surprise_shows_an_id_and_nothing_of_the_exception(office: Home, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        *_, failed = asked(desk_with(office, NeverBegins([])), LEAVE)
    assert isinstance(failed, Failed)
    assert failed.message == "Something went wrong. Please try again"
    assert failed.retryable
    assert f"error {failed.error}" in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_an_error_of_ours_says_its_sentence(office: Home) -> None:
    *_, failed = asked(desk_with(office, Scripted([ModelUnavailable("The model is busy")])), LEAVE)
    assert isinstance(failed, Failed)
    assert (failed.message, failed.retryable) == ("The model is busy", True)


def test_questions_and_answers_are_not_in_the_log(office: Home, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked(office.desk, LEAVE)
        asked(desk_with(office, Scripted([Piece("27 days"), KeyError()])), LEAVE)
    assert "annual leave" not in caplog.text
    assert "27 days" not in caplog.text


@pytest.mark.parametrize("question", ["", "  \n\t", "\ud800 what?"], ids=["empty", "blank", "no UTF-8"])
def test_a_question_that_is_none_is_refused_at_once(office: Home, question: str) -> None:
    with pytest.raises(QuestionRefused, match="Please type"):
        office.desk.ask(Question(question, NOBODY))


def test_a_question_that_the_answerer_cannot_take_is_refused_before_it_is_kept(office: Home, sam: Caller) -> None:
    before = office.conversations.listed(sam)
    with pytest.raises(QuestionRefused, match="Not this word"):
        desk_with(office, Scripted([])).ask(Question("a forbidden word", sam))
    assert office.conversations.listed(sam) == before


def test_an_unknown_answerer_names_the_known_ones(office: Home) -> None:
    with pytest.raises(Missing, match="There is no model 'gpt-9'. Known are: quoting"):
        office.desk.ask(Question(LEAVE, NOBODY, answerer="gpt-9"))


def test_without_evidence_the_question_is_refused_not_guessed(office: Home) -> None:
    found, refused = asked(office.desk, UNKNOWN)
    assert isinstance(found, Found)
    assert isinstance(refused, Refused)
    assert found.sources == ()
    assert refused.answer.startswith("Our documents do not say. Please ask people@office.example.")


def test_the_threshold_decides_between_answer_and_refusal(office: Home) -> None:
    assert ends(asked(replace(office.desk, threshold=0.0), UNKNOWN)) == [Done]
    assert ends(asked(replace(office.desk, threshold=1.0), LEAVE)) == [Refused]


def test_a_refusal_names_the_closest_titles_inside_the_scope_only(office: Home, hana: Caller) -> None:
    strict = replace(office.desk, threshold=1.0)
    *_, for_nobody = asked(strict, PAY)
    *_, for_hana = asked(strict, PAY, hana)
    assert isinstance(for_nobody, Refused)
    assert isinstance(for_hana, Refused)
    assert "Salary bands" in [near.title for near in for_hana.closest]
    assert "Salary bands" not in [near.title for near in for_nobody.closest]
    assert "Salary bands" not in for_nobody.answer


def test_a_refusal_names_the_contact_of_the_closest_document_in_scope(office: Home, hana: Caller) -> None:
    strict = replace(office.desk, threshold=1.0)
    assert [asked(strict, PAY, caller)[-1].contact for caller in (NOBODY, hana)] == [  # type: ignore[union-attr]
        "people@office.example",
        "hana@office.example",
    ]


def test_where_nothing_is_readable_the_refusal_names_the_settings_contact(home: Home) -> None:
    desk = replace(home.desk, contact="anna@office.example")
    *_, refused = asked(desk, LEAVE)
    assert isinstance(refused, Refused)
    assert refused.answer == "Our documents do not say. Please ask anna@office.example."


def test_a_question_is_answered_from_what_its_asker_may_read(office: Home, hana: Caller, sam: Caller) -> None:
    assert "49,700" in str(asked(office.desk, PAY, hana))
    assert "49,700" not in str(asked(office.desk, PAY, sam))
    assert "49,700" not in str(asked(office.desk, PAY))


def test_a_citation_quotes_its_chunk_word_for_word(office: Home) -> None:
    *_, done = asked(office.desk, LEAVE)
    assert isinstance(done, Done)
    assert done.citations
    for citation in done.citations:
        found = lookup.find(office.engine, [citation.chunk], NOBODY.scope)[citation.chunk]
        assert citation.quote == found.chunk.text[citation.start : citation.end] != ""


def test_a_cited_number_opens_the_passage_given_under_that_number(office: Home) -> None:
    texts = [Piece("Days [2]. Doors [1]. Nothing [77].")]
    found, *_, done = asked(desk_with(office, Scripted(texts)), LEAVE)
    assert isinstance(found, Found)
    assert isinstance(done, Done)
    uris = {source.number: source.uri for source in found.sources}
    assert [(one.number, one.uri) for one in done.citations] == [(2, uris[2]), (1, uris[1])]


def test_a_quote_becomes_a_citation_of_its_very_place(office: Home) -> None:
    pieces = [Piece("Every employee", Quote(1, 0, 14)), Piece(" [1]")]
    *_, done = asked(desk_with(office, Scripted(pieces)), LEAVE)
    assert isinstance(done, Done)
    assert [(one.quote, one.start, one.end) for one in done.citations] == [("Every employee", 0, 14)]


def test_the_token_account_of_the_answerer_is_passed_on(office: Home) -> None:
    *_, done = asked(desk_with(office, Scripted([Piece("Yes.")])), LEAVE)
    assert isinstance(done, Done)
    assert done.tokens == TokenUse(100, 50, 10, 1, 2)


def test_a_follow_up_is_searched_with_the_question_it_leans_on(office: Home, sam: Caller) -> None:
    *_, first = asked(office.desk, "How is a lost door badge blocked?", sam)
    assert isinstance(first, Done)
    found, *_ = asked(office.desk, "And who does it?", sam, conversation=first.conversation)
    assert isinstance(found, Found)
    assert found.question == "How is a lost door badge blocked? And who does it?"


def test_a_follow_up_takes_the_turns_before_with_it(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("By the guard.")])
    desk = desk_with(office, answerer)
    *_, first = asked(desk, "Who blocks a lost badge?", sam)
    assert isinstance(first, Done)
    asked(desk, "And what about laptops?", sam, conversation=first.conversation)
    assert answerer.turns == (Turn("Who blocks a lost badge?", "By the guard."),)


def test_the_models_rewriting_is_what_is_searched(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("By the guard.")], rewriting="Who blocks a lost laptop?")
    *_, first = asked(desk_with(office, answerer), "Who blocks a lost badge?", sam)
    assert isinstance(first, Done)
    found, *_ = asked(desk_with(office, answerer), "And laptops?", sam, conversation=first.conversation)
    assert isinstance(found, Found)
    assert (found.question, answerer.standalone) == ("Who blocks a lost laptop?",) * 2


def test_a_question_that_stands_alone_is_not_rewritten(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("By the guard.")], rewriting="Who blocks a lost laptop?")
    found, *_ = asked(desk_with(office, answerer), LEAVE, sam, turns=(Turn("Hello, who are you?", "The desk."),))
    assert isinstance(found, Found)
    assert found.question == LEAVE


def test_history_that_the_client_brings_is_used_and_not_kept(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("By the guard.")])
    before = office.conversations.listed(sam)
    brought = (Turn("Who blocks a lost badge?", "The guard."), Turn("When?", "At once."))
    *_, done = asked(desk_with(office, answerer), "And laptops?", sam, turns=brought)
    assert isinstance(done, Done)
    assert (answerer.turns, done.conversation) == (brought, "")
    assert office.conversations.listed(sam) == before


def test_of_a_history_that_the_client_brings_the_end_counts_and_of_a_turn_the_beginning(
    office: Home, sam: Caller
) -> None:
    answerer = Scripted([Piece("27 days.")])
    turns = tuple(Turn(f"{LEAVE} {number}", "27 days. " * 10_000) for number in range(200))
    list(replace(office.desk, answerers={"scripted": answerer}).ask(Question("And in Leeds?", sam, turns=turns)))
    assert [turn.question for turn in answerer.turns] == [f"{LEAVE} {number}" for number in range(150, 200)]
    assert {len(turn.answer) for turn in answerer.turns} == {8_000}


def test_somebody_elses_conversation_cannot_be_continued(office: Home, sam: Caller, hana: Caller) -> None:
    *_, done = asked(office.desk, LEAVE, sam)
    assert isinstance(done, Done)
    with pytest.raises(Missing, match="There is no such conversation"):
        office.desk.ask(Question(LEAVE, hana, done.conversation))


@pytest.mark.parametrize(
    ("pieces", "status"),
    [([Piece("27 days.")], "answered"), ([], "refused"), ([Piece("27"), KeyError()], "failed")],
)
def test_question_and_end_are_kept_in_the_conversation(
    office: Home, pieces: Sequence[Piece | Exception], status: str
) -> None:
    *_, end = asked(desk_with(office, Scripted(pieces)), LEAVE)
    assert isinstance(end, Done | Refused | Failed)
    assert statuses(office, end) == [("user", "asked"), ("assistant", status)]


def test_what_was_said_before_a_reader_went_away_is_kept_as_stopped(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("You have "), Piece("27 "), Piece("days.")])
    events = desk_with(office, answerer).ask(Question(LEAVE, sam))
    found, *_ = (next(events), next(events), next(events))
    events.close()  # type: ignore[attr-defined]
    assert isinstance(found, Found)
    *_, last = office.conversations.transcript(sam, found.conversation)
    assert (last.status, last.text) == ("stopped", "You have 27 ")
    assert answerer.closed


def test_a_stopped_answer_enters_no_later_prompt(office: Home, sam: Caller) -> None:
    answerer = Scripted([Piece("You have "), Piece("27 days.")])
    events = desk_with(office, answerer).ask(Question(LEAVE, sam))
    found, *_ = (next(events), next(events))
    events.close()  # type: ignore[attr-defined]
    assert isinstance(found, Found)
    assert office.conversations.turns(sam, found.conversation) == []


def test_a_conversation_deleted_while_its_answer_streams_ends_in_failed(office: Home, sam: Caller) -> None:
    # Keeping the answer fails, then keeping the failure fails too: that must not break the stream.
    events = desk_with(office, Scripted([Piece("27 "), Piece("days.")])).ask(Question(LEAVE, sam))
    found = next(events)
    assert isinstance(found, Found)
    office.conversations.forget(sam, found.conversation)
    assert ends(list(events)) == [Failed]


def test_an_answer_that_could_not_be_kept_is_no_success_for_who_watches(office: Home, sam: Caller) -> None:
    ended: list[str] = []
    desk = replace(desk_with(office, Scripted([Piece("27 days.")])), watches=[lambda one: ended.append(one.outcome)])
    events = desk.ask(Question(LEAVE, sam))
    found = next(events)
    assert isinstance(found, Found)
    office.conversations.forget(sam, found.conversation)
    assert ends(list(events)) == [Failed]
    assert ended == ["failed"]


def test_a_conversation_deleted_before_a_reader_goes_away_closes_quietly(office: Home, sam: Caller) -> None:
    events = desk_with(office, Scripted([Piece("27 "), Piece("days.")])).ask(Question(LEAVE, sam))
    found, _ = next(events), next(events)
    assert isinstance(found, Found)
    office.conversations.forget(sam, found.conversation)
    events.close()  # type: ignore[attr-defined]
    assert list(events) == []


def test_the_stages_of_an_answer_are_timed_in_order(office: Home) -> None:
    *_, done = asked(office.desk, LEAVE)
    assert isinstance(done, Done)
    assert list(done.timings_ms) == ["search", "first_token", "total"]
    assert all(before <= after for before, after in pairwise(done.timings_ms.values()))


def test_a_language_model_answers_through_the_desk(office: Home, llama_dir: Path) -> None:
    answerer = PromptedAnswerer(load_llama(llama_dir, "cpu", 0, 24), 24)
    desk = replace(office.desk, answerers={answerer.name: answerer}, threshold=0.0)
    *_, end = asked(desk, LEAVE)
    assert isinstance(end, Done)
    assert end.tokens.window == 2048
    assert end.tokens.prompt + end.tokens.reserved <= 2048
