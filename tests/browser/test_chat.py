"""The chat in a real browser: stop, reload while it answers, retry, edit, delete, judge; with the keyboard alone."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.access import Caller
from app.bootstrap import Home
from app.chat import hand_off
from app.settings import Settings
from retrieval.access import ADMINS
from tests.browser.chromium import Visit, named, visit
from tests.browser.stack import Stack, frontdesk, up
from tests.conftest import write
from ui import web_view

pytestmark = pytest.mark.heavy

HOTEL = "What is the hotel cap in Lisbon?"
SAM = "?person=Sam+Whitlock"


@pytest.fixture
def at(browser: Browser, demo: Stack) -> Iterator[Visit]:
    with visit(browser, f"{demo.page}/{SAM}") as opened:
        yield opened


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, llama_dir: Path) -> Iterator[Stack]:
    """A Frontdesk that writes with the tiny Llama, which is made to come to no end, so that it can be stopped."""
    folder = tmp_path_factory.mktemp("written")
    endless = Path(shutil.copytree(llama_dir, folder / "endless"))
    for name in ("config.json", "generation_config.json"):
        told = json.loads((endless / name).read_text())
        (endless / name).write_text(json.dumps(told | {"eos_token_id": None}))
    write(folder, {"frontdesk.toml": f'llm = "{endless}"\nevidence = 0.01\nanswer_tokens = 1500\n'})
    frontdesk(folder, "ingest", str(write(folder / "documents", {"leave.md": "# Leave\n\n25 days of leave.\n"})))
    with up(folder) as stack:
        yield stack


def test_an_answer_is_retried_edited_judged_and_deleted(at: Visit) -> None:
    at.ask(HOTEL)
    at.step("Retry")
    at.expect_answer(4)
    at.page.get_by_test_id("stFeedback").get_by_role("radio").last.click()
    expect(at.page.get_by_text("What was wrong?")).to_be_visible()
    at.page.reload()
    at.expect_answer(4)
    expect(at.page.get_by_role("radio", name="Thumbs down")).to_be_checked()
    at.page.get_by_role("button", name=named("Edit")).click()
    at.page.get_by_label("Edit your question").fill("How many volunteering days do I get?")
    at.page.get_by_role("button", name=named("Send")).click()
    at.expect_answer(6)
    expect(at.messages.first).to_contain_text("volunteering")
    assert at.messages.count() == 2
    at.page.get_by_role("button", name=named("Delete")).click()
    at.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(at.messages).to_have_count(0)


def test_a_question_goes_to_hr_and_a_conversation_away(at: Visit, demo: Stack) -> None:
    at.ask(HOTEL)
    at.step("Ask HR")
    at.page.get_by_role("dialog").get_by_role("button", name="Send to HR").click()
    expect(at.page.get_by_text(web_view.PASSED_ON)).to_be_visible()
    at.page.keyboard.press("Escape")
    home = Home(Settings(home=demo.folder / "home" / "demo"))
    kept = hand_off.passed_on(home.engine, Caller("a@x.example", frozenset({ADMINS})))
    assert [(one.question, one.email) for one in kept] == [(HOTEL, "")]
    home.engine.dispose()
    at.page.get_by_text("This conversation").click()
    at.page.get_by_role("button", name="Delete conversation").click()
    at.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(at.messages).to_have_count(0)
    assert "conversation=" not in at.page.url


def test_back_returns_to_the_conversation_before_and_a_double_click_asks_once(at: Visit) -> None:
    at.main.get_by_role("button", name=HOTEL).dblclick()
    at.expect_answer(2)
    assert at.messages.count() == 2
    first = at.page.url
    at.page.get_by_role("button", name="New conversation").click()
    expect(at.messages).to_have_count(0)
    at.page.goto(first)
    expect(at.messages).to_have_count(2)


def test_a_model_is_stopped_and_what_it_said_is_kept(browser: Browser, written: Stack) -> None:
    with visit(browser, written.page) as at:
        at.box.fill("How many days of leave does everybody get?")
        at.box.press("Enter")
        expect(at.messages.last).to_contain_text(web_view.CURSOR)
        at.page.get_by_role("button", name=named("Stop")).click()
        expect(at.page.get_by_role("button", name="Try again")).to_be_visible()
        expect(at.page.get_by_text(web_view.STOPPED)).to_be_visible()
        expect(at.box).to_be_enabled()
        assert written.busy_for(1.5) < 0.75
        at.page.reload()
        expect(at.messages).to_have_count(2)


def test_an_answer_goes_on_while_the_page_is_away(browser: Browser, written: Stack) -> None:
    with visit(browser, written.page) as at:
        at.box.fill("How many days of leave does everybody get?")
        at.box.press("Enter")
        expect(at.page.get_by_role("button", name=named("Stop"))).to_be_visible()
        expect(at.box).to_be_disabled()  # nothing else is asked meanwhile
        address = at.page.url
    with visit(browser, written.page) as later:
        later.page.goto(address)
        expect(later.page.get_by_text("Written by")).to_be_visible()
        assert later.page.get_by_text(web_view.STOPPED).count() == 0


def test_a_question_is_asked_and_its_source_opened_with_the_keyboard_alone(at: Visit) -> None:
    at.box.focus()
    at.page.keyboard.type(HOTEL)
    at.page.keyboard.press("Enter")
    at.expect_answer(2)
    at.sources.first.focus()
    at.page.keyboard.press("Enter")
    expect(at.page.get_by_role("dialog")).to_contain_text("hotels-and-per-diem.md")
    at.page.keyboard.press("Escape")
    expect(at.page.get_by_role("dialog")).to_have_count(0)


def test_the_original_is_saved_as_the_file_that_it_is(at: Visit) -> None:
    at.ask(HOTEL)
    dialog = at.open_source("Hotels and per diem")
    with at.page.expect_download() as saving:
        dialog.get_by_role("button", name="Open original").click()
    assert saving.value.suggested_filename == "hotels-and-per-diem.md"
    assert "130 EUR" in Path(saving.value.path()).read_text()
