"""A version's record: read as it was written, and what is different from then."""

from dataclasses import replace
from pathlib import Path

from app.registry.prompt_record import present_prompt
from app.registry.version import read_record, write_record
from tests.app.registry.versions import two_versions


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    described = replace(first, described="Für alle", run={"metrics": {"loss": 0.5}})
    write_record(tmp_path, described)
    assert read_record(tmp_path) == described


def test_the_same_prompt_and_settings_are_no_difference(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    assert first.differences(present_prompt(), first.retrieval) == []


def test_what_differs_is_named(tmp_path: Path) -> None:
    _, first, _ = two_versions(tmp_path)
    layout = replace(present_prompt(), digest="another")
    assert first.differences(layout, {**first.retrieval, "evidence": 0.5, "new": 1}) == [
        "hr/1 was registered with another prompt than this Frontdesk uses (how its parts are put together)",
        "hr/1 was registered with other settings: now evidence 0.5 instead of 0.25",
    ]
