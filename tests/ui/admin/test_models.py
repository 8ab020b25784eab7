"""The page of models."""

from pathlib import Path

import pytest

from app.bootstrap import Home
from app.registry.shelf import shelf_of
from tests.app.registry.versions import model, registered
from tests.ui.admin.conftest import HOSTILE, OPEN, click, shown
from ui import models_view
from ui.web_markdown import escaped

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_without_versions_the_page_says_how_to_make_one(open_page: OPEN) -> None:
    at = open_page("models")
    assert [one.value for one in at.info] == ["Answers come from **quotes**.", models_view.NONE_YET]


def test_a_version_is_promoted_for_a_reason_and_rolled_back(open_page: OPEN, managed: Home, tmp_path: Path) -> None:
    shelf = shelf_of(managed.settings.home)
    registered(shelf, model(tmp_path / "m", note=HOSTILE))
    at = open_page("models")
    assert "Not judged against quotes" in shown(at)
    click(at, "promote hr/1")
    click(at, "Promote it")
    assert (at.error[0].value, shelf.promoted()) == (escaped(models_view.SAY_WHY), "")
    click(at, "promote hr/1")
    at.text_input(key="why").set_value("A trial")
    click(at, "Promote it")
    assert shelf.promoted() == "hr/1"
    assert "hr\\/1 is promoted\\: without a verdict" in shown(at).replace(": ", "\\: ")
    click(at, "Roll back")
    at.text_input(key="why").set_value("Too slow")
    click(at, "Roll it back")
    assert shelf.promoted() == ""
    assert "Rolled back to quotes." in shown(at)


def test_the_card_is_shown_as_text(open_page: OPEN, managed: Home, tmp_path: Path) -> None:
    registered(shelf_of(managed.settings.home), model(tmp_path / "m"))
    at = click(open_page("models"), "card hr/1")
    assert at.code[0].value.startswith("# hr/1")
