"""The README's pictures from the running demo, and with a folder every page in light, dark and on a narrow screen.

python -m tests.browser.screenshots [FOLDER]
"""

import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import Scheme, Visit, chromium, named, visit
from tests.browser.stack import up

_IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
_QUESTION = "What is the hotel cap in Lisbon?"
_PERSON = "Sam+Whitlock"
_SETTLED = 1500  # milliseconds, until nothing moves any more
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def main() -> None:
    """Ask one question in a fresh demo; the answer and its first source are the pictures."""
    with tempfile.TemporaryDirectory() as folder, up(Path(folder), "--demo") as stack, chromium() as browser:
        _write_for_readme(browser, stack.page)
        for scheme, width in product(_SCHEMES if len(sys.argv) > 1 else (), (1280, 390)):
            _write_all(browser, stack.page, scheme, width)


def _write_for_readme(browser: Browser, page: str) -> None:
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with visit(browser, f"{page}/?person={_PERSON}", height=900) as at:
        at.ask(_QUESTION)
        at.page.get_by_text("You could ask next").wait_for()
        _save(at, _IMAGES / "chat.png")
        at.open_source("Hotels and per diem")
        _save(at, _IMAGES / "source.png")


def _write_all(browser: Browser, page: str, scheme: Scheme, width: int) -> None:
    with visit(browser, f"{page}/?person={_PERSON}", width, 900, scheme) as at:
        _note(at, f"empty-{scheme}-{width}")
        at.ask(_QUESTION)
        at.page.get_by_text("You could ask next").wait_for()
        _note(at, f"answer-{scheme}-{width}")
        at.open_source("Hotels and per diem")
        _note(at, f"source-{scheme}-{width}")
        at.page.keyboard.press("Escape")
        at.page.get_by_test_id("stFeedback").get_by_role("radio").last.click()
        at.page.get_by_text("What was wrong?").wait_for()
        _note(at, f"not-helpful-{scheme}-{width}")
        at.step("Ask HR")
        at.page.get_by_role("dialog").wait_for()
        _note(at, f"ask-hr-{scheme}-{width}")
        at.page.keyboard.press("Escape")
        at.page.get_by_role("button", name=named("Edit")).click()
        at.page.get_by_label("Edit your question").wait_for()
        _note(at, f"edit-{scheme}-{width}")
    with visit(browser, f"{page}/?person={_PERSON}", width, 900, scheme) as at:
        at.ask("Which telescope did the astronomers point at Saturn?")
        _note(at, f"refusal-{scheme}-{width}")
        at.step("Delete")
        at.page.get_by_role("dialog").wait_for()
        _note(at, f"delete-{scheme}-{width}")


def _note(at: Visit, name: str) -> None:
    """The picture as a file, and what axe-core finds."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    _save(at, folder / f"{name}.png")
    found = [*at.violations(), *(["it scrolls sideways"] if at.scrolls_sideways() else [])]
    print(f"{name}: {'; '.join(found) or 'nothing found'}")  # noqa: T201 - a script's output


def _save(at: Visit, file: Path) -> None:
    at.page.wait_for_timeout(_SETTLED)
    at.page.screenshot(path=file)


if __name__ == "__main__":
    main()
