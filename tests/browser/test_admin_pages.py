"""The pages of admins as a person meets them: a document goes in, answers, and goes; nobody else sees the pages."""

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import Visit, visit
from tests.browser.stack import Stack

pytestmark = pytest.mark.heavy

GIFTS = "# Gifts\n\nA gift from a supplier may be worth 35 pounds at most.\n"
QUESTION = "How much may a gift from a supplier be worth?"


def go_to(at: Visit, title: str) -> Page:
    """Open a page of admins from the navigation."""
    at.page.get_by_test_id("stTopNavSection").click()
    at.page.get_by_test_id("stTopNavDropdownLink").filter(has_text=title).click()
    expect(at.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    return at.page


def test_a_document_is_uploaded_watched_asked_about_deleted_and_gone(
    browser: Browser, company: Stack, ada: list[SetCookieParam]
) -> None:
    with visit(browser, company.page, cookies=ada) as at:
        page = go_to(at, "Sources")
        page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(
            {"name": "gifts.md", "mimeType": "text/markdown", "buffer": GIFTS.encode()}
        )
        expect(page.get_by_text("gifts.md", exact=True)).to_be_visible()
        at.settle()
        page.get_by_role("combobox", name="Who may read it?").first.click()
        page.get_by_role("option", name="everyone").click()
        page.get_by_role("button", name="Add them").click()
        expect(page.get_by_text("1 document taken in for everyone")).to_be_visible()
        page = go_to(at, "Runs")
        upload = page.get_by_test_id("stVerticalBlock").filter(has_text="Run 2").last
        expect(upload.get_by_text("Done", exact=True)).to_be_visible()
        expect(upload.get_by_text("1 added")).to_be_visible()
        page.get_by_test_id("stTopNavLink").filter(has_text="Chat").click()
        assert "35 pounds" in at.ask(QUESTION)
        page = go_to(at, "Documents")
        with page.expect_download() as table:
            page.get_by_role("button", name="As a table").click()
        assert "Gifts" in table.value.path().read_text()
        page.get_by_role("button", name="Gifts").click()
        page.get_by_role("tab", name="Delete").click()
        page.get_by_role("button", name="Delete this document").click()
        page.get_by_role("button", name="Delete it").click()
        expect(page.get_by_text("nothing is left")).to_be_visible()
        page.get_by_test_id("stTopNavLink").filter(has_text="Chat").click()
        assert "35 pounds" not in at.ask(QUESTION)
    assert not list((company.folder / "home").rglob("gifts.md"))
    assert company.attempts == ""
