"""Coming in and going out, and pages that are not for everybody."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PASSWORD, SAM
from tests.browser.stack import Stack
from ui.screens.admin.pages import CLOSED, TITLES

pytestmark = pytest.mark.heavy


def test_an_employee_comes_in_is_shown_no_page_of_admins_and_goes_out(browser: Browser, company: Stack) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{company.page}/documents")
    for password in ("not the right words", PASSWORD):
        page.get_by_label("E-mail address").fill(SAM)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_text(CLOSED)).to_be_visible()
    assert page.url == f"{company.page}/documents"
    for url, title in TITLES.items():
        page.goto(f"{company.page}/{url}")
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        expect(page.get_by_text(CLOSED)).to_be_visible()
        assert "Annual leave" not in page.content()
    page.get_by_role("link", name="To the chat").click()
    expect(page.get_by_text("Signed in as Sam Whitlock")).to_be_visible()
    expect(page.get_by_text("Admin", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(company.page)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()
