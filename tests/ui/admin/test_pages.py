"""Only admins are offered the pages of admins."""

import os
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.admin.conftest import ADMIN, EMPLOYEE, OPEN
from ui.screens.admin.pages import TITLES

PAGE = Path(__file__).parent.parent.parent.parent / "ui" / "web.py"
pytestmark = pytest.mark.heavy  # each starts a server of its own


@pytest.mark.parametrize(("email", "pages"), [(ADMIN, len(TITLES) + 1), (EMPLOYEE, 1), ("", 1)])
def test_only_an_admin_is_offered_them(
    open_page: OPEN, monkeypatch: pytest.MonkeyPatch, email: str, pages: int
) -> None:
    monkeypatch.setenv("FRONTDESK_AS", email)
    assert os.environ["FRONTDESK_SERVER"]
    at = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert len(at._registered_pages) == pages
    assert not at.exception


def test_somebody_else_who_opens_one_is_told_no(open_page: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_AS", EMPLOYEE)
    at = open_page("sources")
    assert "Only members of group:admins may do this" in at.exception[0].message
