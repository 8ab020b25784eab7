"""Debian's Chromium, with everything that a page asks for recorded."""

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect, sync_playwright

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Scheme = Literal["light", "dark"]
HIGHLIGHT = ".stMarkdownColoredBackground"
_SOURCE = re.compile(r"(?:^|\s)\d+\. ")
_STILL = "[data-test-script-state=notRunning]"
_NOT_OURS = "[data-testid=stSidebarNav]"  # on a narrow screen Streamlit draws a list in a list there
_FADES = 400  # milliseconds that a dialog takes to appear
_PATIENCE = 30_000  # milliseconds; the machine may be busy


def named(words: str) -> re.Pattern[str]:
    """The name of a button with these words, with or without the name of an icon before them."""
    return re.compile(rf"(?:^|\s){re.escape(words)}$")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser until the block ends."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("There is no chromium. Run tests/heavy_packages.sh")
    expect.set_options(timeout=_PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """One open page with all it asked for and all it was sent."""

    page: Page
    addresses: list[str] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)

    def record(self) -> "Visit":
        """Begin to write down requests, web sockets and what comes through these."""
        self.page.context.on("request", lambda request: self.addresses.append(request.url))
        self.page.on("websocket", self._record_socket)
        return self

    def _record_socket(self, socket: WebSocket) -> None:
        self.addresses.append(socket.url)
        socket.on(
            "framereceived", lambda data: self.received.append(data if isinstance(data, bytes) else data.encode())
        )

    @property
    def hosts(self) -> set[str | None]:
        """Whom the page talked to; data in the page itself is nobody."""
        return {urlsplit(url).hostname for url in self.addresses if not url.startswith(("data:", "blob:"))}

    @property
    def messages(self) -> Locator:
        """Questions and answers."""
        return self.page.get_by_test_id("stChatMessage")

    @property
    def main(self) -> Locator:
        """All beside the sidebar."""
        return self.page.get_by_role("main")

    @property
    def sources(self) -> Locator:
        """The buttons of the numbered sources."""
        return self.messages.get_by_role("button", name=_SOURCE)

    @property
    def box(self) -> Locator:
        """Where questions are typed."""
        return self.page.get_by_placeholder("Ask about a policy")

    def ask(self, question: str) -> str:
        """Type a question and wait for the whole answer; returns its text."""
        before = self.messages.count()
        self.box.fill(question)
        self.box.press("Enter")
        expect(self.messages).to_have_count(before + 2)
        expect(self.box).to_be_enabled()
        return self.messages.last.inner_text()

    def expect_answer(self, number: int) -> None:
        """Wait until the message of this number, which is the last one and an answer, is whole."""
        expect(self.page.locator(f".st-key-retry-{number}")).to_be_visible()
        expect(self.box).to_be_enabled()

    def open_source(self, name: str) -> Locator:
        """Click the first source of that name; returns the dialog when its passage is there."""
        self.sources.filter(has_text=name).first.click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog.locator(HIGHLIGHT).first).to_be_visible()
        return dialog

    def choose(self, person: str) -> None:
        """Ask as this person from now on."""
        self.page.get_by_role("combobox").click()
        self.page.get_by_role("option", name=person, exact=True).click()
        expect(self.page.get_by_text(f"You are {person}")).to_be_visible()

    def step(self, name: str) -> None:
        """Click what can be done with the last question or answer."""
        self.page.get_by_role("button", name=named(name)).last.click()

    def open(self, address: str, title: str) -> None:
        """Go to a page by its address and wait until it is drawn."""
        self.page.goto(address)
        expect(self.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        self.settle()

    def settle(self) -> None:
        """Wait until Streamlit has drawn all and nothing moves."""
        expect(self.page.locator(_STILL)).to_be_attached()
        self.page.wait_for_timeout(_FADES)

    def troubles(self) -> list[str]:
        """What is hard to use in what is shown: for axe-core, or because the page is wider than the window."""
        return [*self.violations(), *(["it scrolls sideways"] if self.scrolls_sideways() else [])]

    def violations(self) -> list[str]:
        """What axe-core finds that is serious or critical, each with the first element that it is about."""
        found = Axe().run(self.page, context={"exclude": [[_NOT_OURS]]}).response["violations"]
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in ("serious", "critical")]

    def scrolls_sideways(self) -> bool:
        """Whether the page, or its main part, which scrolls by itself, is wider than there is room."""
        parts = "[document.documentElement, ...document.querySelectorAll('main')]"
        return bool(self.page.evaluate(f"{parts}.some(one => one.scrollWidth > one.clientWidth)"))


@contextmanager
def visit(
    browser: Browser,
    address: str,
    width: int = 1280,
    height: int = 800,
    scheme: Scheme = "light",
    cookies: Sequence[SetCookieParam] = (),
) -> Iterator[Visit]:
    """A fresh page at this address, its first drawing done."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(_PATIENCE)
    context.add_cookies(cookies)
    seen = Visit(context.new_page()).record()
    seen.page.goto(address)
    expect(seen.box).to_be_enabled()
    yield seen
    context.close()
