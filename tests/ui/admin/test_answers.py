"""The page of verified answers."""

import pytest

from app import verified_answers
from app.bootstrap import Home
from tests.ui.admin.conftest import OPEN, click, shown
from ui.screens.admin import answers

pytestmark = pytest.mark.heavy  # each starts a server of its own


def stands(home: Home) -> list[tuple[str, str]]:
    return [(one.question, state) for one, state in verified_answers.reviewed(home.engine)]


def test_an_answer_is_written_approved_changed_and_deleted(open_page: OPEN, managed: Home) -> None:
    at = open_page("answers")
    assert at.info[0].value == answers.NONE_YET
    click(at, "Write one")
    at.text_input(key="answer-question").set_value("Half days?")
    at.text_area(key="answer-text").set_value("Yes.")
    at.multiselect(key="answer-sources").set_value(["office/leave.md"])
    click(at, "Keep it for approval")
    assert stands(managed) == [("Half days?", "proposed")]
    click(at, "Approve")
    assert stands(managed) == [("Half days?", "approved")]
    assert "Given" in shown(at)
    click(at, "Change")
    at.text_input(key="answer-question").set_value("May I take half days?")
    click(at, "Keep it for approval")
    assert stands(managed) == [("May I take half days?", "proposed")]
    click(click(at, "Delete"), "Delete it")
    assert stands(managed) == []


def test_an_answer_wider_than_its_source_is_refused_and_the_form_stays(open_page: OPEN) -> None:
    at = click(open_page("answers"), "Write one")
    at.text_input(key="answer-question").set_value("What does a G5 earn?")
    at.text_area(key="answer-text").set_value("A lot.")
    at.multiselect(key="answer-sources").set_value(["office/hr/bands.md"])
    click(at, "Keep it for approval")
    assert "is for group\\:hr only" in at.error[0].value
    assert at.text_area(key="answer-text").value == "A lot."


def test_a_table_is_imported_for_approval(open_page: OPEN, managed: Home) -> None:
    at = open_page("answers")
    file = b"question,answer,owner,audience,sources,expires\nPets?,No.,,,,\n"
    at.file_uploader[0].set_value(("answers.csv", file, "text/csv")).run()
    click(at, "Import it")
    assert at.success[0].value == "1 answer new or changed; they wait for approval."
    assert stands(managed) == [("Pets?", "proposed")]
