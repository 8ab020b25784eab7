"""Law 10 for pages: each page of admins, as the list of pages has it, is drawn for admins and for nobody else."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.admin.conftest import ADMIN, EMPLOYEE, OPEN, shown
from ui.screens.admin.pages import CLOSED, PAGES, TITLES

PAGE = Path(__file__).parent.parent.parent.parent / "ui" / "web.py"
pytestmark = pytest.mark.heavy  # each starts a server of its own


@pytest.mark.parametrize("email", [ADMIN, EMPLOYEE, ""])
def test_every_page_is_shown_to_admins_only(open_page: OPEN, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    monkeypatch.setenv("FRONTDESK_AS", email)
    at = AppTest.from_file(str(PAGE), default_timeout=60).run()
    pages = {page["url_pathname"]: one for one, page in at._registered_pages.items()}
    assert pages.keys() - {"chat", ""} == TITLES.keys()
    for url, title in TITLES.items():
        at._page_hash = pages[url]
        at.run()
        assert (at.title[0].value, list(at.exception)) == (title, [])
        assert [one.value for one in at.warning if one.value == CLOSED] == [CLOSED] * (email != ADMIN)
        if email != ADMIN:
            assert (shown(at).splitlines()[-1], list(at.dataframe), list(at.main.button)) == (CLOSED, [], [])


@pytest.mark.parametrize("page", sorted({draw.__module__.rpartition(".")[2] for draw, *_ in PAGES} - {"keys"}))
def test_somebody_else_who_gets_one_drawn_is_told_no_by_the_server(
    open_page: OPEN, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("FRONTDESK_AS", EMPLOYEE)
    at = open_page(page)  # that of keys would be drawn, with one's own
    assert "Only members of group:admins may do this" in at.exception[0].message
