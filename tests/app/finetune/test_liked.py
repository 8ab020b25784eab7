"""Answers that people found helpful: approval, and what keeps one out of training."""

from collections.abc import Sequence

import pytest

from app import slack_rooms
from app.access import Caller
from app.bootstrap import Home
from app.events import Found
from app.feedback import rate
from app.finetune import liked
from app.finetune.liked import REASONS, LikedTurn
from app.question import Question
from retrieval.errors import Missing, Unusable
from retrieval.ledger import runs
from tests.app.finetune.conftest import built, everyone

SAM = Caller("sam@office.example")
CAP = "What is the hotel cap?"
PLACE = "slack:T1/C1/1736240659.000100"


def answered(home: Home, *questions: str, caller: Caller = SAM) -> str:
    """Ask these in one conversation, and find the last answer helpful; its id."""
    conversation, last = "", None
    for question in questions:
        events = list(home.desk.ask(Question(question, caller, conversation)))
        conversation = next(event.conversation for event in events if isinstance(event, Found))
        last = events[-1]
    assert last is not None
    answer = last.answer_id  # type: ignore[union-attr]
    rate(home.engine, answer, "sam@office.example", "good")
    return answer


def known(home: Home, *audiences: str) -> Sequence[LikedTurn]:
    return liked.liked(home.engine, everyone(home, *audiences))


def test_an_approved_answer_is_learned_with_its_numbers(own_company: Home) -> None:
    answer = answered(own_company, CAP)
    assert [(turn.answer_id, turn.question, turn.approved, turn.against) for turn in known(own_company)] == [
        (answer, CAP, False, "")
    ]
    assert liked.approve(own_company.engine, [answer], everyone(own_company)) == 1
    (example,) = [one for one in (*built(own_company).train, *built(own_company).test) if one.origin == "liked"]
    assert example.question == CAP
    assert example.answer.startswith("The hotel cap is the highest price per night including breakfast.")
    assert example.supports


def test_nothing_is_learned_from_an_answer_that_nobody_approved(own_company: Home) -> None:
    answer = answered(own_company, CAP)
    liked.approve(own_company.engine, [answer], everyone(own_company))
    assert liked.approve(own_company.engine, [answer], everyone(own_company), approved=False) == 0
    assert list(liked.cases(own_company.engine, everyone(own_company))) == []


def test_more_bad_verdicts_than_good_ones_are_not_helpful(own_company: Home) -> None:
    answer = answered(own_company, CAP)
    rate(own_company.engine, answer, "hana@office.example", "bad")
    assert known(own_company) == []


def test_the_turns_before_are_its_history(own_company: Home) -> None:
    answered(own_company, CAP, "And how are trains booked?")
    (turn,) = known(own_company)
    assert [one.question for one in turn.turns] == [CAP]


def test_an_answer_from_a_closed_document_stays_out_unless_its_audience_is_asked_for(own_company: Home) -> None:
    hana = Caller("hana@office.example", frozenset(["group:hr"]))
    answer = answered(own_company, "What is the salary of grade G5?", caller=hana)
    assert [turn.against for turn in known(own_company)] == [REASONS["audience"]]
    assert [turn.against for turn in known(own_company, "group:hr")] == [""]
    with pytest.raises(Unusable, match=f"{answer} cannot be learned from: not everybody"):
        liked.approve(own_company.engine, [answer], everyone(own_company))


def test_what_was_said_in_slack_stays_out_and_so_does_its_copy_on_the_web(own_company: Home) -> None:
    in_slack = Caller("sam@office.example", place=PLACE)
    answer = answered(own_company, CAP, caller=in_slack)
    slack_rooms.put(own_company.engine, "T1", "C1", slack_rooms.room_of([], is_open=True))
    copy = own_company.conversations.continued(SAM, answer.split(":")[0])
    rate(own_company.engine, f"{copy}:2", "sam@office.example", "good")
    assert [turn.against for turn in known(own_company)] == [REASONS["slack"]] * 2
    runs.allow_training(own_company.engine, "slack-T1", allowed=True)
    assert [turn.against for turn in known(own_company)] == ["", ""]


def test_an_answer_whose_source_is_gone_or_closed_is_not_learned_any_more(own_company: Home) -> None:
    answer = answered(own_company, CAP)
    liked.approve(own_company.engine, [answer], everyone(own_company))
    runs.allow_training(own_company.engine, "handbook", allowed=False)
    assert [turn.against for turn in known(own_company)] == [REASONS["source"]]
    assert list(liked.cases(own_company.engine, everyone(own_company))) == []


def test_what_nobody_found_helpful_cannot_be_approved(own_company: Home) -> None:
    with pytest.raises(Missing, match="no answer 'x:2' that somebody found helpful"):
        liked.approve(own_company.engine, ["x:2"], everyone(own_company))


def test_a_conversation_takes_its_approval_with_it(own_company: Home) -> None:
    answer = answered(own_company, CAP)
    liked.approve(own_company.engine, [answer], everyone(own_company))
    own_company.conversations.forget(SAM, answer.split(":")[0])
    assert liked.approve(own_company.engine, [], everyone(own_company)) == 0
