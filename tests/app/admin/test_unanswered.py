"""Questions without an answer: grouped, counted, and shown only once three people asked."""

import numpy as np
import pytest

from app.access import Caller, caller_for
from app.admin.unanswered import Group, groups, unanswered
from app.bootstrap import Home
from app.conversations import NewMessage, Part
from retrieval.errors import Forbidden
from tests.app.admin.conftest import ADMIN, EMPLOYEE

PETS = ("May I bring my dog to the office?", "Are dogs allowed in the office?", "Can I take my dog to the office?")
ASKERS = ("hana@office.example", "marcus@office.example", EMPLOYEE)


def refused(home: Home, email: str, question: str, status: str = "refused") -> None:
    caller = Caller(email)
    talk = home.conversations.begin(caller, question)
    home.conversations.add(caller, talk, NewMessage("user", "asked", (Part(question),)))
    home.conversations.add(caller, talk, NewMessage("assistant", status, (Part("No."),)))


def groups_of(home: Home) -> list[Group]:
    return unanswered(home.engine, home.embedder, caller_for(home.engine, ADMIN))


def test_like_questions_of_three_people_are_one_group(managed: Home) -> None:
    for email, question in zip(ASKERS, PETS, strict=True):
        refused(managed, email, question)
    refused(managed, EMPLOYEE, "Where is the car park?")
    (group,) = groups_of(managed)
    assert (group.question in PETS, group.times, group.askers) == (True, 3, 3)


def test_what_fewer_people_asked_is_not_shown_however_often(managed: Home) -> None:
    for email in (*ASKERS[:2], *ASKERS[:2]):
        refused(managed, email, PETS[0])
    assert groups_of(managed) == []


def test_people_without_identity_count_as_one(managed: Home) -> None:
    for email in ("", "", "", EMPLOYEE):
        refused(managed, email, PETS[0])
    assert groups_of(managed) == []


def test_what_was_answered_does_not_count(managed: Home) -> None:
    for email in ASKERS:
        refused(managed, email, PETS[0], "answered")
    assert groups_of(managed) == []


def test_names_and_addresses_are_not_shown(managed: Home) -> None:
    for email in ASKERS:
        refused(managed, email, "Is Hana Okoro, hana@office.example, allowed to bring her dog?")
    (group,) = groups_of(managed)
    assert group.question == "Is [somebody], [somebody], allowed to bring her dog?"


def test_only_an_admin_may_ask(managed: Home) -> None:
    with pytest.raises(Forbidden):
        unanswered(managed.engine, managed.embedder, caller_for(managed.engine, EMPLOYEE))


def test_each_row_joins_the_likest_group_or_begins_one() -> None:
    rows = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.6, 0.8], [-1, 0]], dtype=np.float32)
    assert groups(rows) == [[0, 2], [1, 3], [4]]
