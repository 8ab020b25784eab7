"""The page of what went wrong."""

import pytest

from app.access import caller_for
from app.bootstrap import Home
from app.chat.hand_off import pass_on
from app.feedback import rate
from tests.app.admin.test_review import asked
from tests.app.admin.test_unanswered import PETS, refused
from tests.ui.admin.conftest import ADMIN, EMPLOYEE, HOSTILE, OPEN, click, shown
from ui.screens.admin import review

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_with_nothing_to_do_the_page_says_so(open_page: OPEN) -> None:
    at = open_page("review")
    assert [one.value for one in at.info] == [
        review.NO_COMPLAINTS,
        review.NO_GROUPS,
        review.NOTHING_PASSED_ON,
        review.NOTHING_HELPFUL,
    ]


def test_a_complaint_is_shown_as_text_and_leaves_when_it_is_done(open_page: OPEN, managed: Home) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of leave?")
    rate(managed.engine, answer, EMPLOYEE, "bad", f"Wrong {HOSTILE}")
    at = open_page("review")
    assert "27 days" in shown(at)
    assert "![" not in shown(at).replace("\\!", "")
    click(at, f"done {answer}")
    assert at.info[0].value == review.NO_COMPLAINTS


def test_like_questions_are_shown_together(open_page: OPEN, managed: Home) -> None:
    for email, question in zip(("a@x.example", "b@x.example", "c@x.example"), PETS, strict=True):
        refused(managed, email, question)
    at = open_page("review")
    assert "asked 3 times by 3 people" in shown(at)


def test_a_question_for_hr_shows_an_address_only_where_that_was_ticked(open_page: OPEN, managed: Home) -> None:
    caller = caller_for(managed.engine, EMPLOYEE)
    ids = [pass_on(managed.engine, caller, (name, "", ""), named=name == "Named") for name in ("Named", "Unnamed")]
    at = open_page("review")
    assert shown(at).count("asked by `sam@office.example`") == 1
    assert shown(at).count("the asker stays unnamed") == 1
    click(at, f"settle {ids[0]}")
    assert "asked by `sam" not in shown(at)


def test_a_helpful_answer_is_approved_for_training_and_taken_out_again(open_page: OPEN, managed: Home) -> None:
    answer = asked(managed, ADMIN, "How many days of leave?")
    rate(managed.engine, answer, ADMIN, "good")
    at = open_page("review")
    assert "27 days" in shown(at)
    click(at, f"train {answer}")
    assert "Approved for training." in shown(at)
    assert "Approved (1)" in shown(at)
    click(at, f"train {answer}")
    assert "Approved (1)" not in shown(at)
