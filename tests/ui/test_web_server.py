"""The page's real process in a real browser: nobody sees the page before the sign-in, and nobody after the sign-out."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import chromium
from tests.serving import free_port

pytestmark = pytest.mark.heavy
ROOT = Path(__file__).parent.parent.parent
ADA, PASSWORD = "ada@office.example", "four plain words here"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `frontdesk up` prints in an empty home with local logins, until the tests end."""
    folder, web_port = tmp_path_factory.mktemp("up"), free_port()
    told = {"HOME": str(folder / "home"), "PORT": str(free_port()), "WEB_PORT": str(web_port), "LOGIN": "local"}
    own = {"PYTHONPATH": str(ROOT)} | {f"FRONTDESK_{name}": value for name, value in told.items()}
    with (folder / "output.log").open("wb") as output:
        command = [sys.executable, "-m", "app.cli", "up"]
        process = subprocess.Popen(command, env=os.environ | own, cwd=folder, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 120
        while "Stop with Ctrl-C" not in (folder / "output.log").read_text():
            assert process.poll() is None, (folder / "output.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield (folder / "output.log").read_text()
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def type_in(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button").click()


def test_the_first_admin_comes_in_asks_signs_out_and_is_outside(said: str) -> None:
    found = re.search(r"http://\S+/welcome\?link=\S+", said)
    assert found, said
    link = found[0]
    start = link.partition("/welcome")[0]
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        page, wrong = context.new_page(), list[str]()
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        page.goto(start)
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto(link)
        type_in(page, name="Ada", email=ADA, password=PASSWORD)
        expect(page.get_by_text("Signed in as Ada")).to_be_visible()
        [cookie] = [one for one in context.cookies() if one.get("name") == "frontdesk_session"]
        assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Lax")
        assert page.evaluate("document.cookie").find("frontdesk_session") == -1
        second = context.new_page()
        second.goto(start)
        expect(second.get_by_text("Signed in as Ada")).to_be_visible()
        second.get_by_text("Sign out").click()
        expect(second.get_by_role("heading", name="Sign in")).to_be_visible()
        page.get_by_text("New conversation").click()
        expect(page.get_by_text("Your session has ended")).to_be_visible()
        assert wrong == []
        context.close()
