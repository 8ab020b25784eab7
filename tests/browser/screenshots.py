"""The README's pictures, taken from the running demo: python -m tests.browser.screenshots."""

import tempfile
from pathlib import Path

from tests.browser.chromium import chromium, visit
from tests.browser.stack import up

_IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
_QUESTION = "What is the hotel cap in Lisbon?"
_SETTLED = 1500  # milliseconds, until nothing moves any more


def main() -> None:
    """Ask one question in a fresh demo; the answer and its first source are the pictures."""
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        up(Path(folder), "--demo") as stack,
        chromium() as browser,
        visit(browser, stack.page) as at,
    ):
        at.ask(_QUESTION)
        at.page.wait_for_timeout(_SETTLED)
        at.page.screenshot(path=_IMAGES / "chat.png")
        at.open_source("Hotels and per diem")
        at.page.wait_for_timeout(_SETTLED)
        at.page.screenshot(path=_IMAGES / "source.png")


if __name__ == "__main__":
    main()
