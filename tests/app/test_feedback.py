"""Verdicts on answers: one of each person for each answer, gone with the conversation and with what they repeat."""

import pytest
from sqlalchemy import Engine

from app import receipt
from app.access import NOBODY
from app.bootstrap import Home
from app.conversations import Conversations, NewMessage, Part
from app.feedback import rate, ratings
from retrieval.errors import Missing
from tests.app.test_conversations import LEAVE, SAM, answered


def talk(ledger: Engine) -> str:
    """A conversation with a question, an answer, and another of each."""
    conversations = Conversations(ledger)
    new = conversations.begin(NOBODY, "How many days?")
    for role in ("user", "assistant", "user", "assistant"):
        conversations.add(NOBODY, new, NewMessage(role, "answered", (Part("27."),)))
    return new


def said(ledger: Engine, answer: str) -> list[tuple[str, str, str]]:
    return [(one.who, one.verdict, one.reason) for one in ratings(ledger, answer)]


def test_a_second_verdict_takes_the_first_ones_place(ledger: Engine) -> None:
    answer = f"{talk(ledger)}:2"
    rate(ledger, answer, "slack:T1/U1", "good")
    rate(ledger, answer, "slack:T1/U2", "bad", "It is out of date.")
    rate(ledger, answer, "slack:T1/U1", "bad", "It is about 2024.")
    assert said(ledger, answer) == [
        ("slack:T1/U2", "bad", "It is out of date."),
        ("slack:T1/U1", "bad", "It is about 2024."),
    ]


def test_each_answer_has_its_own_verdicts(ledger: Engine) -> None:
    conversation = talk(ledger)
    rate(ledger, f"{conversation}:2", "slack:T1/U1", "good")
    rate(ledger, f"{conversation}:4", "slack:T1/U1", "bad")
    assert [said(ledger, f"{conversation}:{number}")[0][1] for number in (2, 4)] == ["good", "bad"]


@pytest.mark.parametrize("number", ["1", "3", "5", "02", "", "x"])
def test_only_an_answer_is_judged(ledger: Engine, number: str) -> None:
    with pytest.raises(Missing, match="There is no such answer"):
        rate(ledger, f"{talk(ledger)}:{number}", "slack:T1/U1", "good")


def test_no_answer_of_an_unknown_conversation_is_judged(ledger: Engine) -> None:
    talk(ledger)
    with pytest.raises(Missing, match="There is no such answer"):
        rate(ledger, "nowhere:2", "slack:T1/U1", "good")


def test_verdicts_go_with_their_conversation(ledger: Engine) -> None:
    one, other = talk(ledger), talk(ledger)
    for conversation in (one, other):
        rate(ledger, f"{conversation}:2", "slack:T1/U1", "bad", "No.")
    Conversations(ledger).forget(NOBODY, one)
    assert (said(ledger, f"{one}:2"), said(ledger, f"{other}:2")) == ([], [("slack:T1/U1", "bad", "No.")])


def test_a_reason_that_repeats_a_deleted_document_is_removed(own_office: Home) -> None:
    done = answered(own_office, LEAVE, SAM)
    repeated = "It says: Leave is booked in Meadow at least five working days ahead."
    rate(own_office.engine, done.answer_id, "slack:T1/U1", "bad", repeated)
    rate(own_office.engine, done.answer_id, "slack:T1/U2", "bad", "Too short an answer to a question as long as mine.")
    assert receipt.delete(own_office, "office/leave.md").found == ()
    assert [reason[:9] for _, _, reason in said(own_office.engine, done.answer_id)] == ["[source r", "Too short"]
