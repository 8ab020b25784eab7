"""What admins are told of the versions of the model."""

from pathlib import Path

import pytest

from app.admin.models import card_of, models, version_of
from app.bootstrap import Home
from app.registry.shelf import shelf_of
from retrieval.errors import Missing
from tests.app.registry.versions import model, registered


def test_a_home_without_versions_quotes(managed: Home) -> None:
    found = models(managed)
    assert (found.answering, found.promoted, found.versions, found.events) == ("quoting", "", (), ())


def test_the_newest_version_comes_first_with_its_notes(managed: Home, tmp_path: Path) -> None:
    shelf = shelf_of(managed.settings.home)
    version = registered(shelf, model(tmp_path / "m"))
    (one,) = models(managed).versions
    assert (one.version, one.kind, one.answers, one.verdicts, one.notes) == ("hr/1", "whole model", 0, (), ())
    assert "---" not in card_of(shelf, version).splitlines()[:3]


def test_a_name_is_never_a_path(managed: Home, tmp_path: Path) -> None:
    shelf = shelf_of(managed.settings.home)
    registered(shelf, model(tmp_path / "m"))
    assert version_of(shelf, "hr", "1").ref == "hr/1"
    for name, number in (("hr/1/..", "1"), ("..", "models/hr/1"), ("hr", "")):
        with pytest.raises(Missing, match="There is no version"):
            version_of(shelf, name, number)
