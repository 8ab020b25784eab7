"""Bad questions: other languages, no words, too many, query syntax; homes with one document, none, or a hundred copies.

Bad input on the command line: test_bad_input.py.
"""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.events import AnswerEvent, Done, Failed, Found, Refused
from app.question import Question
from retrieval.access import PUBLIC
from retrieval.errors import QuestionRefused
from retrieval.prompt import REFUSAL, clarification
from retrieval.rewrite import Turn
from tests.stored import store

LEAVE = "How many days of annual leave does every employee have?"
ENTITLEMENT = "Every employee has 27 days of annual leave."
COPIED = "Every employee has 27 days of annual leave, which is booked in Meadow at least five working days ahead."
WITHOUT_ANSWER = {
    "German": "Wie lange wird eine schriftliche Abmahnung aufbewahrt?",
    "Chinese": "我的年假有多少天?",
    "Arabic": "كم عدد أيام الإجازة السنوية؟",
    "Thai": "ลาพักร้อนได้กี่วัน",
    "emoji": "🏖️🎉👍🏽",
    "one flag": "🇵🇹",
    "punctuation": "??? ... !!!",
    "stop words": "What is it that you have?",
    "about nothing": "Is there anything?",
    "a letter": "a",
    "a number": "0",
    "invisible": "\u202e\u200b\ufeff",
    "control characters": "\x00\x07\x1b",
    "brackets": '(){}[]^*"-+:~',
    "an unbalanced quote": '"',
    "an operator": "NEAR",
    "SQL": "'; DROP TABLE chunks; SELECT * FROM documents WHERE '1'='1",
    "one endless word": "x" * 8_000,
    "one endless Chinese word": "年" * 8_000,
    "as many words as fit": " ".join(f"w{number}" for number in range(1_200)),
}
WITH_ANSWER = {
    "FTS operators": '"annual" AND leave* OR NOT (days NEAR/2 employee) ^have',
    "a column": "head:annual text:leave days of every employee",
    "SQL": "How many days of annual leave' OR '1'='1' -- does every employee have",
    "a zero byte": "annual leave\x00 days of every employee",
    "capitals": "HOW MANY DAYS OF ANNUAL LEAVE DOES EVERY EMPLOYEE HAVE",
    "full width": "Ａｎｎｕａｌ ｌｅａｖｅ: how many days does every employee have?",
    "emoji around it": "🎉🎉 How many days of annual leave does every employee have? 🏖️",
    "asked twice": f"{LEAVE} {LEAVE}",
}
HISTORIES = {
    "none": [],
    "empty": [Turn("", "")],
    "emoji": [Turn("🎉", "👍")],
    "Chinese": [Turn("我的年假有多少天?", REFUSAL)],
    "ten thousand words": [Turn("leave " * 10_000, "days " * 10_000)],
    "ten thousand different words": [Turn(" ".join(f"w{number}" for number in range(10_000)), "x")],
    "control characters": [Turn("a\x00b", "\x1b[31m")],
    "our refusal": [Turn("And the bonus?", f"{REFUSAL} Please ask Hana.")],
    "our clarifying question": [Turn("How is overtime paid?", clarification(["Germany", "Portugal"]))],
    "only follow-ups": [Turn("And it?", "That.")] * 300,
    "query syntax": [Turn('"a" NEAR/2 (b* OR', "'; DROP TABLE chunks; --")],
}
FOLLOW_UPS = ("And it?", "Germany", "🎉", "it NEAR that*", LEAVE)


def asked(home: Home, text: str, turns: Sequence[Turn] | None = None, caller: Caller = NOBODY) -> Done | Refused:
    """The end of a question, after it was made sure that there is one only and that it is no failure."""
    events: list[AnswerEvent] = list(
        home.desk.ask(Question(text, caller, turns=None if turns is None else tuple(turns)))
    )
    ends = [event for event in events if isinstance(event, Done | Refused | Failed)]
    assert isinstance(events[0], Found)
    assert ends == events[-1:]
    assert isinstance(ends[0], Done | Refused)
    return ends[0]


@pytest.mark.parametrize("question", WITHOUT_ANSWER.values(), ids=WITHOUT_ANSWER)
def test_a_question_that_says_nothing_to_the_documents_is_refused(office: Home, question: str) -> None:
    assert asked(office, question).answer.startswith(f"{REFUSAL} Please ask people@office.example.")


@pytest.mark.parametrize("question", WITH_ANSWER.values(), ids=WITH_ANSWER)
def test_odd_characters_do_not_keep_a_question_from_its_answer(office: Home, question: str) -> None:
    assert ENTITLEMENT in asked(office, question).answer


def test_ten_thousand_words_are_refused_with_the_reason(office: Home) -> None:
    with pytest.raises(QuestionRefused, match="The question has 60,000 characters; 8,000 are the most. Please shorten"):
        office.desk.ask(Question("leave " * 10_000, NOBODY))


@pytest.mark.parametrize("question", FOLLOW_UPS)
@pytest.mark.parametrize("turns", HISTORIES.values(), ids=HISTORIES)
def test_a_follow_up_to_any_history_ends_once(office: Home, turns: Sequence[Turn], question: str) -> None:
    end = asked(office, question, turns)
    assert (ENTITLEMENT in end.answer) >= (question == LEAVE)


def test_a_history_of_one_word_ten_thousand_times_is_read_at_once(office: Home) -> None:
    # Looking for "joined ... in 2024" once took 30 seconds: each of the words began a search to the end.
    begun = time.perf_counter()
    asked(office, "And it?", [Turn("joined " * 10_000 + "in", "was last year")])
    assert time.perf_counter() - begun < 10


@pytest.mark.parametrize("turn", [Turn("a\ud800", "b"), Turn("a", "b\udcff")], ids=["asked", "answered"])
def test_a_history_that_is_no_text_is_refused_like_such_a_question(office: Home, turn: Turn) -> None:
    with pytest.raises(QuestionRefused, match="no valid UTF-8"):
        office.desk.ask(Question("And it?", NOBODY, turns=(turn,)))


@pytest.mark.parametrize("question", [*WITHOUT_ANSWER.values(), *FOLLOW_UPS])
def test_a_home_without_documents_refuses(home: Home, question: str) -> None:
    assert asked(home, question).answer == f"{REFUSAL} Please ask your HR team."
    assert asked(home, question, [Turn(LEAVE, ENTITLEMENT)]).answer == f"{REFUSAL} Please ask your HR team."


def test_one_document_answers_what_it_holds_and_nothing_else(home: Home) -> None:
    store(home.engine, home.embedder, "leave.md", ENTITLEMENT)
    assert ENTITLEMENT in asked(home, LEAVE).answer
    for question in WITHOUT_ANSWER.values():
        end = asked(home, question)
        assert isinstance(end, Refused), question
        assert [near.title for near in end.closest] == ["leave.md"]


def test_of_a_hundred_identical_documents_one_is_quoted(home: Home) -> None:
    for number in range(100):
        store(home.engine, home.embedder, f"copies/{number}.md", COPIED)
    done = asked(home, LEAVE)
    assert isinstance(done, Done)
    assert (done.answer, len(done.citations)) == (f"{COPIED} [1]", 1)
    refused = asked(home, "Which planet has the most volcanoes?")
    assert isinstance(refused, Refused)
    assert len(refused.closest) == 3


def test_copies_of_one_text_do_not_crowd_out_what_another_document_says(home: Home) -> None:
    for number in range(70):
        store(home.engine, home.embedder, f"copies/{number}.md", COPIED)
    store(home.engine, home.embedder, "booking.md", "Rooms are booked in the calendar.")
    found = home.retriever.find(LEAVE, PUBLIC, 5)
    assert [passage.uri for passage in found.passages][1:] == ["booking.md"]


def test_who_may_read_nothing_is_refused_and_told_no_title(home: Home) -> None:
    store(home.engine, home.embedder, "bands.md", ENTITLEMENT, audience="group:hr")
    desk = replace(home.desk, threshold=0.0)
    *_, refused = desk.ask(Question(LEAVE, NOBODY))
    assert isinstance(refused, Refused)
    assert (refused.answer, refused.closest) == (f"{REFUSAL} Please ask your HR team.", ())
    assert ENTITLEMENT in asked(home, LEAVE, caller=Caller("", frozenset({"group:hr"}))).answer
