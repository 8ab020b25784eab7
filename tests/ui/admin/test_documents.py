"""The page of documents."""

import re

import pytest

from app.bootstrap import Home
from retrieval.ledger import documents
from tests.ui.admin.conftest import ADMIN, EMPLOYEE, OPEN, click, shown

pytestmark = pytest.mark.heavy  # each starts a server of its own

BANDS = "office/hr/bands.md"


def titles(at: object) -> list[str]:
    return [one.label for one in at.button if (one.key or "").startswith("open ")]  # type: ignore[attr-defined]


def test_documents_can_be_found_by_words_source_audience_and_flag(open_page: OPEN) -> None:
    at = open_page("documents")
    assert len(titles(at)) == 4
    at.text_input(key="words").set_value("leave").run()
    assert titles(at) == ["**Annual leave**"]
    at.text_input(key="words").set_value("").run()
    at.selectbox(key="audience").set_value("group:hr").run()
    assert titles(at) == ["**Salary bands**"]
    at.selectbox(key="audience").set_value("Any").run()
    at.toggle(key="flagged").set_value(True).run()
    assert [title[:6] for title in titles(at)] == ["**Trap"]


def test_a_title_is_never_markup(open_page: OPEN) -> None:
    at = click(open_page("documents"), "open office/trap.md")
    everything = shown(at) + "\n".join(str(one.label) for one in at.button)
    drawn = re.sub(r"\\.", "", everything.replace(at.text[0].value, ""))
    assert "![" not in drawn
    assert "<b>" not in drawn
    assert ":red[" not in drawn


def test_a_document_shows_its_passages_and_what_to_look_at(open_page: OPEN) -> None:
    at = click(open_page("documents"), "open office/leave.md")
    assert [one.value for one in at.text] == ["Everybody has 27 days of leave.", "Leave is booked in Meadow."]
    flagged = click(open_page("documents"), "open office/trap.md")
    assert "speaks to a language model" in flagged.warning[0].value
    over = click(open_page("documents"), "open office/old.md")
    assert over.warning[0].value == "It is expired: it answers only questions about its time."


def test_who_can_read_it_is_said_for_all_and_for_one_person(open_page: OPEN) -> None:
    at = click(open_page("documents"), f"open {BANDS}")
    assert "It is for **group\\:hr**." in shown(at)
    at.selectbox(key="about").set_value(ADMIN).run()
    assert "may not read it" in at.error[0].value
    at.selectbox(key="about").set_value(EMPLOYEE).run()
    assert "so `sam@office.example` may read it" in at.success[0].value


def test_it_is_deleted_only_after_a_second_click_and_has_a_receipt(open_page: OPEN, managed: Home) -> None:
    at = click(click(open_page("documents"), f"open {BANDS}"), "Delete this document")
    assert len(documents.entries(managed.engine)) == 4
    click(at, "Delete it")
    assert len(documents.entries(managed.engine)) == 3
    assert "nothing is left" in at.success[0].value
    assert at.download_button[0].label == "Download it"
    assert BANDS not in str(titles(at))


def test_one_that_somebody_else_deleted_meanwhile_leads_back_to_the_list(open_page: OPEN, managed: Home) -> None:
    at = click(open_page("documents"), f"open {BANDS}")
    managed.delete(BANDS)
    at.run()
    assert len(titles(at)) == 3
    assert not at.exception
