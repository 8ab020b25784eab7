"""Switching to what is promoted: tried first, at once, and never to something worse than what answers."""

import logging
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from app.answerer import Answerer, Piece
from app.registry.history import Change
from app.registry.memory import Memory
from app.registry.model_files import ModelPlace
from app.registry.promotion import promote, roll_back
from app.registry.shelf import Shelf
from app.registry.switch import LiveAnswerers, Switch
from app.registry.version import Version, write_record
from app.settings import Settings
from retrieval.errors import ModelUnavailable, Unusable
from tests.app.registry.versions import two_versions
from tests.app.test_desk import Scripted

PLENTY = Memory("cpu", 10**12)


def load(version: Version, model: ModelPlace) -> Answerer:
    assert model.base.is_dir()
    return Scripted([Piece("Yes. [1]")], version.ref)


def fine(answerer: Answerer) -> None:
    """Every model passes."""


def broken(*refs: str) -> Callable[[Answerer], None]:
    def try_out(answerer: Answerer) -> None:
        if answerer.name in refs:
            raise ModelUnavailable("It failed at the test question")

    return try_out


def switch_of(shelf: Shelf, memory: Memory = PLENTY, llm: str = "") -> Switch:
    standing = LiveAnswerers({"quoting": Scripted([], "quoting")})
    return Switch(shelf, Settings(home=shelf.folder.parent, llm=llm), standing, load, memory)


def changes(shelf: Shelf) -> list[tuple[str, str]]:
    return [(entry.change.value, entry.version) for entry in shelf.history.entries()]


def test_nothing_promoted_leaves_what_stands(tmp_path: Path) -> None:
    switch = switch_of(two_versions(tmp_path)[0])
    switch.open()
    switch.follow(fine)
    assert (list(switch.answerers), switch.serving) == (["quoting"], "")


def test_what_is_promoted_answers_first_and_the_rest_stays(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    switch = switch_of(shelf)
    promote(shelf, first, [], "so")
    switch.follow(fine)
    assert list(switch.answerers) == ["hr/1", "quoting"]
    promote(shelf, second, [], "so")
    switch.follow(fine)
    assert list(switch.answerers) == ["hr/2", "quoting"]
    roll_back(shelf, "")
    roll_back(shelf, "")
    switch.follow(fine)
    assert list(switch.answerers) == ["quoting"]


def test_a_switch_is_written_into_the_history_once(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    switch = switch_of(shelf)
    promote(shelf, first, [], "so")
    for _ in range(3):
        switch.follow(fine)
    assert changes(shelf) == [("promoted", "hr/1"), ("serving", "hr/1")]
    assert shelf.history.entries()[-1].why == "in the place of quoting"


def test_one_that_fails_its_test_never_answers_and_makes_room_for_the_one_before(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    switch = switch_of(shelf)
    promote(shelf, first, [], "so")
    switch.follow(fine)
    before = switch.answerers["hr/1"]
    promote(shelf, second, [], "so")
    switch.follow(broken("hr/2"))
    assert switch.answerers["hr/1"] is before
    assert list(switch.answerers) == ["hr/1", "quoting"]
    assert shelf.promoted() == "hr/1"
    assert changes(shelf)[-1] == ("failed", "hr/2")
    assert shelf.history.entries()[-1].why == "It failed at the test question"


def test_a_damaged_version_never_answers(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    switch = switch_of(shelf)
    promote(shelf, first, [], "so")
    switch.follow(fine)
    promote(shelf, second, [], "so")
    (shelf.place(second) / "model" / "model.safetensors").unlink()
    switch.follow(fine)
    assert switch.serving == shelf.promoted() == "hr/1"
    assert "model.safetensors is missing" in shelf.history.entries()[-1].why


def test_at_the_start_one_after_the_other_is_tried_down_to_quoting(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    promote(shelf, second, [], "so")
    switch = switch_of(shelf)
    switch.open()
    assert switch.serving == "hr/2"  # loaded, not yet tried
    switch.follow(broken("hr/1", "hr/2"))
    assert (list(switch.answerers), shelf.promoted()) == (["quoting"], "")
    assert changes(shelf)[2:] == [("failed", "hr/2"), ("failed", "hr/1")]


def test_a_command_that_cannot_load_it_quotes_and_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shelf, first, _ = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    (shelf.place(first) / "model" / "config.json").unlink()
    switch = switch_of(shelf)
    switch.open()
    assert list(switch.answerers) == ["quoting"]
    assert changes(shelf) == [("promoted", "hr/1")]
    assert "The promoted version hr/1 is not used: hr/1 cannot be used: its file model/config.json" in caplog.text


def test_without_room_for_both_the_old_one_goes_on_and_a_restart_is_asked_for_once(tmp_path: Path) -> None:
    shelf, first, second = two_versions(tmp_path)
    switch = switch_of(shelf, Memory("cpu", 0))
    promote(shelf, first, [], "so")
    switch.follow(fine)  # nothing is loaded yet: there is no better time
    promote(shelf, second, [], "so")
    for _ in range(3):
        switch.follow(fine)
    assert switch.serving == "hr/1"
    assert changes(shelf)[2:] == [("promoted", "hr/2"), ("waits", "hr/2")]
    assert "Restart the server: it then loads the new one alone" in shelf.history.entries()[-1].why
    restarted = switch_of(shelf, Memory("cpu", 0))
    restarted.open()
    restarted.follow(fine)
    assert restarted.serving == "hr/2"


def test_a_model_of_the_settings_is_not_replaced(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    switch = switch_of(shelf, llm="/models/llama")
    switch.open()
    switch.follow(fine)
    assert (list(switch.answerers), changes(shelf)) == (["quoting"], [("promoted", "hr/1")])


def test_another_prompt_than_at_registration_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf, first, _ = two_versions(tmp_path)
    older = replace(first.prompt, digest="x", parts=first.prompt.parts | {"after_sources": "Answer."})
    write_record(shelf.place(first), replace(first, prompt=older))
    promote(shelf, first, [], "so")
    switch_of(shelf).follow(fine)
    assert "hr/1 was registered with another prompt than this Frontdesk uses (after_sources)" in caplog.text


def test_a_disk_that_is_full_does_not_end_the_following(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shelf, first, _ = two_versions(tmp_path)
    promote(shelf, first, [], "so")
    switch = switch_of(shelf)

    def full(answerer: Answerer) -> None:
        switch.close()  # so that this look is the last
        raise OSError(28, "No space left on device")

    with caplog.at_level(logging.ERROR):
        switch.tend(full, 0.01)
    assert "What is promoted cannot be followed" in caplog.text
    assert switch.serving == ""


def test_readers_see_one_state_while_the_first_one_changes() -> None:
    live = LiveAnswerers({"quoting": Scripted([], "quoting")})
    seen = iter(live.values())
    live.put_first(Scripted([], "hr/1"))
    assert [answerer.name for answerer in seen] == ["quoting"]
    assert [answerer.name for answerer in live.values()] == ["hr/1", "quoting"]
    assert len(live) == 2
    with pytest.raises(KeyError):
        live["hr/9"]


def test_the_changes_of_a_version_have_names_that_people_understand() -> None:
    assert [change.value for change in Change] == ["promoted", "rolled back", "failed", "waits", "serving"]
    assert all(one != other for one, other in pairwise(Change))
    assert issubclass(Unusable, Exception)
