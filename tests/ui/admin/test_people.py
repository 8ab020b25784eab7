"""The page of people."""

import pytest

from app.admin.people_change import everybody
from app.bootstrap import Home
from tests.ui.admin.conftest import ADMIN, OPEN, click, shown

pytestmark = pytest.mark.heavy  # each starts a server of its own

FILE = f"email,name,groups,country\n{ADMIN},Ada Finch,admins,GB\nnew@office.example,New,hr,\n".encode()


def test_people_can_be_found_by_group(open_page: OPEN) -> None:
    at = open_page("people")
    assert len(at.dataframe[0].value) == 2
    at.text_input(key="person-words").set_value("admins").run()
    assert list(at.dataframe[0].value["address"]) == [ADMIN]


def test_a_file_is_imported_only_after_its_change_was_shown(open_page: OPEN, managed: Home) -> None:
    at = open_page("people")
    at.file_uploader[0].set_value(("people.csv", FILE, "text/csv")).run()
    assert "**1 new**: `new@office.example`" in shown(at)
    assert "**1 removed**" in shown(at)
    assert len(everybody(managed.engine)) == 2
    click(at, "Import it")
    assert at.success[0].value == "Imported: 1 new, 1 removed, 0 changed."
    assert [one.email for one in everybody(managed.engine)] == [ADMIN, "new@office.example"]


def test_a_wrong_file_is_refused_in_one_sentence(open_page: OPEN) -> None:
    at = open_page("people")
    at.file_uploader[0].set_value(("people.csv", b"\xff\xfe", "text/csv")).run()
    assert at.error[0].value.startswith("The file cannot be read as UTF\\-8 text")
    assert "Import it" not in [one.label for one in at.button]
