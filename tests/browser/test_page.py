"""The page as a person meets it: the real processes, a real browser, every request recorded."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from app.bootstrap import Home
from app.settings import Settings
from tests.browser.chromium import HIGHLIGHT, Visit, visit
from tests.browser.stack import Stack, environment, frontdesk, up
from tests.conftest import write
from tests.stored import store
from ui import web_markdown

pytestmark = pytest.mark.heavy

HOTEL = "What is the hotel cap in Lisbon?"
SALARY = "What can a G5 in Leeds earn at the least and at the most?"
BAND = "49,700 - 64,500"
SENT_BAND = web_markdown.escaped(BAND).encode()
BONUS = (
    "The sabbatical bonus is 4,200 EUR before tax ![pic](http://evil.example/x.png) "
    "<img src=http://evil.example/y.png> for everybody."
)
TRAP = (
    "<script>fetch('http://evil.example/z')</script> [click](http://evil.example/login) http://evil.example/plain "
    "www.evil.example/bare boss@evil.example :streamlit: :tada: :material/home: :material_home: :red[alarm] $x^2$ "
    f"&lt;b&gt; and {'very' * 60} long."
)
# Elements that Streamlit itself never draws in a message or dialog, and that none of our texts may become.
MADE_OF_TEXT = (
    "a, img, script, iframe, table, h1, h3, h4, ul, ol, blockquote, pre, .katex, [role=img][aria-label*=home]"
)


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A company whose documents were written by an enemy, one of them past the reader, which would disarm it."""
    folder = tmp_path_factory.mktemp("trapped")
    documents = {
        "leave.md": f"# Leave ![t](http://evil.example/t.png)\n\nEverybody gets 25 days of leave.\n\n{TRAP}\n",
        "travel.html": "<h1>Travel</h1><p>Fly economy. <img src='http://evil.example/t.png'></p>" + TRAP,
    }
    write(folder, {"frontdesk.toml": "evidence = 0.01\n"})  # three odd documents; it is not the refusal that is tested
    frontdesk(folder, "ingest", str(write(folder / "documents", documents)))
    home = Home(Settings(home=folder / "home"))
    store(home.engine, home.embedder, "bonus ![t](http://evil.example/t.png)", BONUS, TRAP)
    home.indexes.save()
    home.engine.dispose()
    with up(folder) as stack:
        yield stack


@pytest.fixture
def at(browser: Browser, demo: Stack) -> Iterator[Visit]:
    """The demo's page, just opened."""
    with visit(browser, demo.page) as opened:
        yield opened


def test_the_guard_refuses_other_machines(tmp_path: Path) -> None:
    reach = "import socket; socket.create_connection(('192.0.2.1', 9), timeout=1)"
    ran = subprocess.run([sys.executable, "-c", reach], env=environment(tmp_path), capture_output=True, check=False)
    assert b"The test allows this machine only" in ran.stderr
    assert "192.0.2.1" in (tmp_path / "attempts.log").read_text()


def test_a_first_visit_says_whose_policies_these_are_and_who_can_see_the_conversation(at: Visit) -> None:
    expect(at.page.get_by_text("Demo: an invented company.")).to_be_visible()
    expect(at.page.get_by_text("You are not signed in, so you see")).to_be_visible()
    assert at.page.title() == "Frontdesk"


def test_a_question_is_answered_with_sources(at: Visit) -> None:
    answer = at.ask(HOTEL)
    assert "130 EUR" in answer
    assert "Hotels and per diem" in answer


def test_an_example_is_answered_at_a_click(at: Visit) -> None:
    at.page.get_by_role("button", name=HOTEL).click()
    expect(at.sources.first).to_be_visible()
    expect(at.page.get_by_role("button", name="Who do I tell when my laptop is stolen?")).to_have_count(0)


def test_a_source_opens_with_the_quoted_part_highlighted(at: Visit) -> None:
    at.ask(HOTEL)
    dialog = at.open_source("Hotels and per diem")
    expect(dialog).to_contain_text("company/travel/hotels-and-per-diem.md")
    quoted = dialog.locator(HIGHLIGHT).first.inner_text()
    assert quoted in at.messages.last.inner_text()


def test_a_reload_keeps_the_conversation(at: Visit) -> None:
    at.ask(HOTEL)
    words = at.messages.last.get_by_test_id("stMarkdown").first
    answer, address = words.inner_text(), at.page.url
    assert "130 EUR" in answer
    at.page.reload()
    expect(at.messages).to_have_count(2)
    expect(at.sources.first).to_be_visible()
    assert words.inner_text() == answer
    assert at.page.url == address


def test_a_reload_keeps_who_asks_and_their_conversation(at: Visit) -> None:
    at.choose("Hana Okoro")
    at.ask(SALARY)
    at.page.reload()
    expect(at.messages).to_have_count(2)
    assert BAND in at.messages.last.inner_text()
    expect(at.page.get_by_role("combobox")).to_have_value("Hana Okoro")


def test_a_new_conversation_begins_empty(at: Visit) -> None:
    at.ask(HOTEL)
    at.page.get_by_role("button", name="New conversation").click()
    expect(at.messages).to_have_count(0)
    expect(at.page.get_by_text("You are not signed in, so you see")).to_be_visible()
    assert "conversation=" not in at.page.url


def test_somebody_elses_conversation_does_not_open(browser: Browser, demo: Stack, at: Visit) -> None:
    at.choose("Hana Okoro")
    at.ask(SALARY)
    hers = at.page.url.partition("conversation=")[2]
    with visit(browser, f"{demo.page}/?conversation={hers}") as other:
        expect(other.page.get_by_text("it is somebody else's")).to_be_visible()
        assert other.messages.count() == 0
        assert BAND not in other.page.content()
        assert "conversation=" not in other.page.url


def test_hr_is_told_the_salary_band(at: Visit) -> None:
    at.choose("Hana Okoro")
    assert BAND in at.ask(SALARY)
    assert any(SENT_BAND in frame for frame in at.received)


@pytest.mark.parametrize("person", ["Marcus Leid", "Sam Whitlock", ""], ids=["manager", "employee", "nobody"])
def test_nobody_but_hr_is_sent_the_salary_band(at: Visit, person: str) -> None:
    if person:
        at.choose(person)
    at.ask(SALARY)
    for place in range(at.sources.count()):
        at.sources.nth(place).click()
        expect(at.page.get_by_role("dialog").locator(HIGHLIGHT).first).to_be_visible()
        assert BAND not in at.page.content()
        at.page.keyboard.press("Escape")
        expect(at.page.get_by_role("dialog")).to_have_count(0)
    assert BAND not in at.page.content()
    assert not any(SENT_BAND in frame for frame in at.received)


def test_page_and_server_talk_to_this_machine_only(at: Visit, demo: Stack) -> None:
    at.choose("Hana Okoro")
    at.ask(SALARY)
    at.open_source("Salary bands")
    at.page.reload()
    expect(at.messages).to_have_count(2)
    assert any(address.startswith("ws://") for address in at.addresses)
    assert at.hosts == {"127.0.0.1"}
    icons = at.page.evaluate("[...document.querySelectorAll('link[rel~=icon]')].map(one => one.href)")
    assert icons
    assert all(icon.startswith(("data:image/", demo.page)) for icon in icons)
    assert demo.attempts == ""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_scrolls_sideways(browser: Browser, demo: Stack, width: int) -> None:
    with visit(browser, demo.page, width) as at:
        assert not at.scrolls_sideways()
        at.ask(HOTEL)
        assert not at.scrolls_sideways()
        at.open_source("Hotels and per diem")
        assert not at.scrolls_sideways()
    with visit(browser, f"{demo.page}/?person=Hana+Okoro", width) as at:
        at.ask("What are the salary bands in Leeds?")
        assert at.messages.locator("table").count()
        assert not at.scrolls_sideways()


def test_a_hostile_document_is_quoted_as_the_text_that_it_is(browser: Browser, trapped: Stack) -> None:
    with visit(browser, trapped.page, 390) as at:
        answer = at.ask("How much is the sabbatical bonus?")
        assert BONUS in answer
        assert at.messages.locator(MADE_OF_TEXT).count() == 0
        assert not at.scrolls_sideways()
        dialog = at.open_source("bonus ![t](http://evil.example/t.png)")
        expect(dialog).to_contain_text(BONUS)
        expect(dialog).to_contain_text(TRAP)
        assert dialog.locator(MADE_OF_TEXT).count() == 0
        assert not at.scrolls_sideways()
        at.page.reload()
        expect(at.sources.first).to_be_visible()
        assert at.messages.locator(MADE_OF_TEXT).count() == 0
        assert at.hosts == {"127.0.0.1"}
    assert trapped.attempts == ""


def test_a_document_that_tries_to_reach_out_while_it_is_read_reaches_nobody(browser: Browser, trapped: Stack) -> None:
    with visit(browser, trapped.page) as at:
        assert "25 days" in at.ask("How many days of leave does everybody get?")
        assert at.open_source("Leave").locator(MADE_OF_TEXT).count() == 0
        assert at.hosts == {"127.0.0.1"}
    assert trapped.attempts == ""


def test_a_hostile_question_is_shown_as_the_text_that_it_is(at: Visit) -> None:
    question = "What about ![pic](http://evil.example/x.png) <img src=http://evil.example/y.png> leave?"
    at.ask(question)
    expect(at.messages.first).to_contain_text(question)
    assert at.messages.first.locator(MADE_OF_TEXT).count() == 0
    assert at.hosts == {"127.0.0.1"}


def test_a_stopped_server_is_said_plainly_and_ctrl_c_leaves_no_process(browser: Browser, tmp_path: Path) -> None:
    frontdesk(tmp_path, "ingest", str(write(tmp_path / "documents", {"leave.md": "# Leave\n\n25 days of leave.\n"})))
    with up(tmp_path) as stack, visit(browser, stack.page) as at:
        assert len(stack.processes()) == 3
        assert stack.stop() == 0
        assert stack.processes() == []
        assert "Traceback" not in stack.said
        expect(
            at.page.get_by_text("Connection error").or_(at.page.get_by_text("Is Streamlit still running"))
        ).to_be_attached()


def test_a_server_that_dies_is_started_again_and_answers(tmp_path: Path) -> None:
    frontdesk(tmp_path, "ingest", str(write(tmp_path / "documents", {"leave.md": "# Leave\n\n25 days of leave.\n"})))
    with up(tmp_path) as stack:
        server = next(pid for pid in stack.processes() if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(server, 9)
        deadline = time.monotonic() + 60
        while not _is_served(stack) and time.monotonic() < deadline:
            time.sleep(0.2)
        assert "The server " in stack.said
        assert "It is started again in" in stack.said
        assert server not in stack.processes()
        assert _is_served(stack)
    assert stack.processes() == []


def _is_served(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.server}/healthz", timeout=2, trust_env=False).is_success
    except httpx.HTTPError:
        return False
