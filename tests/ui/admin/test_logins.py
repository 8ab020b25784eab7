"""The page of logins."""

import pytest

from app.bootstrap import Home
from app.identity import accounts
from tests.ui.admin.conftest import EMPLOYEE, OPEN, click, shown

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_somebody_is_shut_out_after_a_second_click_and_let_in_again(open_page: OPEN, managed: Home) -> None:
    def is_out() -> bool:
        return {one.email: one.suspended for one in accounts.listed(managed.engine)}[EMPLOYEE]

    at = click(open_page("logins"), f"suspend {EMPLOYEE}")
    assert not is_out()
    click(at, "Do it")
    assert is_out()
    assert "Shut out" in shown(at)
    click(at, f"resume {EMPLOYEE}")
    assert not is_out()
    assert {"suspended", "let in again"} <= set(at.dataframe[0].value["what"])


def test_somebody_is_invited_into_groups(open_page: OPEN, managed: Home) -> None:
    at = click(open_page("logins"), "Invite")
    assert at.error[0].value.startswith("An e-mail address is needed")
    at.text_input(key="invited").set_value("new@office.example")
    at.text_input(key="invited-groups").set_value("hr; board")
    click(at, "Invite")
    assert at.success[0].value == "`new@office.example` is known now."
    assert "new@office.example" in {one.email for one in accounts.listed(managed.engine)}
