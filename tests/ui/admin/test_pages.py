"""Only admins are offered the pages of admins."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.admin.conftest import ADMIN, EMPLOYEE, OPEN
from ui.screens.admin.pages import CLOSED, TITLES

PAGE = Path(__file__).parent.parent.parent.parent / "ui" / "web.py"
pytestmark = pytest.mark.heavy  # each starts a server of its own


@pytest.mark.parametrize(("email", "is_closed"), [(ADMIN, False), (EMPLOYEE, True), ("", True)])
def test_only_an_admin_is_shown_one(
    open_page: OPEN, monkeypatch: pytest.MonkeyPatch, email: str, *, is_closed: bool
) -> None:
    monkeypatch.setenv("FRONTDESK_AS", email)
    assert os.environ["FRONTDESK_SERVER"]
    at = AppTest.from_file(str(PAGE), default_timeout=60).run()
    at._page_hash = next(one for one, page in at._registered_pages.items() if page["url_pathname"] == "documents")
    at.run()
    assert at.title[0].value == TITLES["documents"]
    assert [one.value for one in at.warning] == [CLOSED] * is_closed
    assert not at.exception


def test_somebody_else_who_opens_one_is_told_no(open_page: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_AS", EMPLOYEE)
    at = open_page("sources")
    assert "Only members of group:admins may do this" in at.exception[0].message
