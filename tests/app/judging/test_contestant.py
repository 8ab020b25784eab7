"""What a word on the command line means in a judgement."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.judging.contestant import contestant, serving
from app.registry.promotion import promote
from app.registry.shelf import shelf_of
from retrieval.errors import Unusable
from tests.app.registry.versions import adapter, model, registered, unwatched


def test_a_folder_and_the_version_made_of_it_have_the_same_digest(home: Home, tmp_path: Path) -> None:
    folder = model(tmp_path / "m")
    version = registered(shelf_of(home.settings.home), folder)
    (folder / "README.md").write_text("# later")
    found = [contestant(spec, home, unwatched) for spec in (str(folder), "hr/1", "hr")]
    assert {one.digest for one in found} == {version.digest}
    assert [one.name for one in found] == ["m", "hr/1", "hr/1"]


def test_an_adapters_digest_is_that_of_adapter_and_base(home: Home, tmp_path: Path) -> None:
    folder = adapter(tmp_path / "a", model(tmp_path / "base", 1))
    before = contestant(str(folder), home, unwatched).digest
    model(tmp_path / "base", 2)
    assert contestant(str(folder), home, unwatched).digest != before


def test_quoting_and_a_server_are_known_by_what_they_are(home: Home) -> None:
    assert contestant("quoting", home, unwatched).digest == "quoting"
    url = "http://127.0.0.1:1/v1"
    assert contestant(url, home, unwatched).digest == url


def test_a_damaged_version_is_refused(home: Home, tmp_path: Path) -> None:
    shelf = shelf_of(home.settings.home)
    version = registered(shelf, model(tmp_path / "m"))
    (shelf.place(version) / "model" / "config.json").unlink()
    with pytest.raises(Unusable, match="config.json is missing"):
        contestant("hr/1", home, unwatched)


def test_what_answers_now_is_the_setting_then_the_promotion_then_quoting(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    home = make_home()
    assert serving(home) == "quoting"
    shelf = shelf_of(home.settings.home)
    promote(shelf, registered(shelf, model(tmp_path / "m")), [], "so")
    assert serving(home) == "hr/1"
    assert serving(make_home(llm="/models/x")) == "/models/x"
