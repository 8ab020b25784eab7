"""Complaints about answers: without names, as the admin may read them, until somebody has dealt with them."""

import pytest

from app.access import Caller, caller_for
from app.admin.review import complaints, deal_with, rated
from app.bootstrap import Home
from app.conversations import NewMessage, Part
from app.events import Done, Refused
from app.feedback import rate
from app.question import Question
from retrieval.errors import Forbidden, Missing
from tests.app.admin.conftest import ADMIN, EMPLOYEE


def asked(home: Home, email: str, question: str) -> str:
    """Ask; returns the answer's id."""
    *_, last = home.desk.ask(Question(question, caller_for(home.engine, email), ""))
    assert isinstance(last, Done | Refused)
    return f"{last.conversation}:2"


@pytest.fixture
def admin(managed: Home) -> Caller:
    return caller_for(managed.engine, ADMIN)


def test_a_complaint_shows_question_answer_and_reason_without_names(managed: Home, admin: Caller) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of annual leave do I get?")
    rate(managed.engine, answer, EMPLOYEE, "bad", "Sam Whitlock asked for part-time")
    (one,) = complaints(managed.engine, managed.conversations, admin)
    assert (one.question, one.people, one.reasons) == (
        "How many days of annual leave do I get?",
        1,
        ("[somebody] asked for part-time",),
    )
    assert "27 days" in one.text
    assert EMPLOYEE not in str(one)


def test_praise_is_no_complaint(managed: Home, admin: Caller) -> None:
    rate(managed.engine, asked(managed, EMPLOYEE, "How many days of annual leave?"), EMPLOYEE, "good")
    assert complaints(managed.engine, managed.conversations, admin) == []


def test_what_an_admin_may_not_read_is_not_in_the_answer(managed: Home, admin: Caller) -> None:
    answer = asked(managed, "hana@office.example", "What is the salary of grade G5 in Leeds?")
    rate(managed.engine, answer, "hana@office.example", "bad")
    (one,) = complaints(managed.engine, managed.conversations, admin)
    assert "49,700" not in one.text


def test_of_a_conversation_only_the_rated_answer_is_read(managed: Home, admin: Caller) -> None:
    hana = caller_for(managed.engine, "hana@office.example")
    talk = managed.conversations.begin(hana, "Private?")
    for message in (
        NewMessage("user", "asked", (Part("Private?"),)),
        NewMessage("assistant", "refused", (Part("No"),)),
    ):
        managed.conversations.add(hana, talk, message)
    with pytest.raises(Missing):
        rated(managed.engine, managed.conversations, admin, f"{talk}:2")
    with pytest.raises(Forbidden):
        rated(managed.engine, managed.conversations, hana, f"{talk}:2")


def test_one_that_was_dealt_with_comes_back_with_a_new_complaint(managed: Home, admin: Caller) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of annual leave?")
    rate(managed.engine, answer, EMPLOYEE, "bad")
    for _ in range(2):  # a double click
        deal_with(managed.engine, admin, answer)
    assert complaints(managed.engine, managed.conversations, admin) == []
    rate(managed.engine, answer, "hana@office.example", "bad", "Still wrong")
    (one,) = complaints(managed.engine, managed.conversations, admin)
    assert one.reasons == ("Still wrong",)


def test_a_conversation_that_was_deleted_is_on_no_list(managed: Home, admin: Caller) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of annual leave?")
    rate(managed.engine, answer, EMPLOYEE, "bad")
    managed.conversations.forget(caller_for(managed.engine, EMPLOYEE), answer.partition(":")[0])
    assert complaints(managed.engine, managed.conversations, admin) == []


def test_only_an_admin_may_ask(managed: Home) -> None:
    sam = caller_for(managed.engine, EMPLOYEE)
    for forbidden in (
        lambda: complaints(managed.engine, managed.conversations, sam),
        lambda: deal_with(managed.engine, sam, "a:2"),
    ):
        with pytest.raises(Forbidden):
            forbidden()
