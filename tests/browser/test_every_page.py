"""Every page in light and wide, in dark and narrow: axe-core finds nothing serious, and nothing scrolls sideways."""

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, expect

from app.bootstrap import Home
from app.identity import links
from app.settings import Settings
from tests.browser.chromium import Scheme, Visit, named, visit
from tests.browser.stack import Stack
from ui.screens.admin.pages import TITLES

pytestmark = [pytest.mark.heavy, pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])]
Found = dict[str, list[str]]


def test_the_chat(browser: Browser, demo: Stack, scheme: Scheme, width: int) -> None:
    found: Found = {}
    with visit(browser, f"{demo.page}/?person=Sam+Whitlock", width, scheme=scheme) as at:
        note(found, at, "empty")
        at.ask("What is the hotel cap in Lisbon?")
        expect(at.page.get_by_text("You could ask next")).to_be_visible()
        note(found, at, "answered")
        at.open_source("Hotels and per diem")
        note(found, at, "source")
        at.page.keyboard.press("Escape")
        at.page.get_by_role("radio", name="Thumbs down").click()
        expect(at.page.get_by_text("What was wrong?")).to_be_visible()
        note(found, at, "not helpful")
        at.step("Ask HR")
        expect(at.page.get_by_role("button", name="Send to HR")).to_be_visible()
        note(found, at, "hand-off")
        at.page.keyboard.press("Escape")
        at.step("Edit")
        expect(at.page.get_by_label("Edit your question")).to_be_visible()
        note(found, at, "editor")
        at.page.get_by_role("button", name=named("Cancel")).click()
        expect(at.messages).to_have_count(2)
        at.ask("Which telescope did the astronomers point at Saturn?")
        note(found, at, "refused")
    assert found == {}


def test_the_pages_of_admins(
    browser: Browser, company: Stack, ada: list[SetCookieParam], scheme: Scheme, width: int
) -> None:
    found: Found = {}
    with visit(browser, company.page, width, scheme=scheme, cookies=ada) as at:
        for url, title in TITLES.items():
            at.open(f"{company.page}/{url}", title)
            note(found, at, title)
    assert found == {}


def test_the_pages_of_the_sign_in(
    browser: Browser, company: Stack, ada: list[SetCookieParam], scheme: Scheme, width: int
) -> None:
    home = Home(Settings(home=company.folder / "home"))
    first = links.make(home.engine, links.FIRST_ADMIN)
    home.engine.dispose()
    found: Found = {}
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    context.add_cookies(ada)
    at = Visit(context.new_page())
    for place in ("login", f"welcome?link={first}", "welcome?link=old", "account", "logout"):
        at.page.goto(f"{company.page}/{place}")
        expect(at.page.get_by_role("heading")).to_be_visible()
        if troubles := at.troubles():
            found[place] = troubles
    context.close()
    assert found == {}


def note(found: Found, at: Visit, name: str) -> None:
    at.settle()
    if troubles := at.troubles():
        found[name] = troubles
