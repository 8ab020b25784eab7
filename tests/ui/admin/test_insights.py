"""The page of insights."""

import pytest

from app.bootstrap import Home
from app.feedback import rate
from tests.app.admin.test_review import asked
from tests.ui.admin.conftest import EMPLOYEE, OPEN, shown
from ui import insights_view

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_a_home_that_nobody_asked_says_so_and_lists_its_documents(open_page: OPEN) -> None:
    at = open_page("insights")
    assert at.info[0].value == insights_view.NOBODY_ASKED
    assert "Never cited (4)" in shown(at)
    assert not at.metric


def test_questions_are_counted_and_a_shorter_period_can_be_chosen(open_page: OPEN, managed: Home) -> None:
    answer = asked(managed, EMPLOYEE, "How many days of leave?")
    rate(managed.engine, answer, EMPLOYEE, "good")
    asked(managed, EMPLOYEE, "Is there a swimming pool?")
    at = open_page("insights")
    numbers = {one.label: one.value for one in at.metric}
    assert numbers == {"Asked": "2", "Answered": "1", "Refused": "1", "Failed": "0", "Helpful": "100 %"}
    assert "Cited documents (1)" in shown(at)
    assert "Too little was asked" in shown(at)
    assert "How many days" not in shown(at)
    at.radio(key="period").set_value(7).run()
    assert {one.label: one.value for one in at.metric} == numbers
    assert not at.exception
