"""Looking for bytes in files: against Python's own `in`, wherever a pattern lies."""

import random
from pathlib import Path

import pytest

from app import remains
from app.remains import Patterns

SENTENCE = b"The quokkahouse opens in March for everybody."
OTHER = b"Nobody moves before the first of April, not even the keepers."


def file_of(folder: Path, data: bytes) -> Path:
    (folder / "file").write_bytes(data)
    return folder / "file"


@pytest.mark.parametrize("before", [0, 1, 7, 8, 9, 4093])
@pytest.mark.parametrize("after", [0, 5, 300])
def test_a_pattern_is_found_wherever_it_lies(tmp_path: Path, before: int, after: int) -> None:
    file = file_of(tmp_path, b"\0" * before + OTHER + b"x" * after)
    assert Patterns([SENTENCE, OTHER]).occur_in(file)


def test_what_begins_as_a_pattern_and_goes_on_otherwise_is_none(tmp_path: Path) -> None:
    file = file_of(tmp_path, SENTENCE[:-2] + b" or never")
    assert not Patterns([SENTENCE, OTHER]).occur_in(file)


def test_a_pattern_between_two_blocks_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remains, "_BLOCK", 64)
    for before in range(120):
        assert Patterns([SENTENCE, OTHER]).occur_in(file_of(tmp_path, b"." * before + SENTENCE + b"." * 70))


def test_patterns_with_the_same_head_are_all_looked_for(tmp_path: Path) -> None:
    one, two = SENTENCE[:20] + b" closes", SENTENCE[:20] + b" burns"
    assert Patterns([one, two]).occur_in(file_of(tmp_path, two))


def test_without_patterns_nothing_is_found(tmp_path: Path) -> None:
    assert not Patterns([b"short"]).occur_in(file_of(tmp_path, b"short"))
    assert len(Patterns([b"short", SENTENCE])) == 1


def test_random_files_agree_with_pythons_search(tmp_path: Path) -> None:
    chosen = random.Random(5)
    outcomes = set()
    for _ in range(300):
        data = bytes(chosen.choices(b"ab", k=chosen.randint(0, 400)))
        wanted = [bytes(chosen.choices(b"ab", k=chosen.randint(16, 18))) for _ in range(chosen.randint(1, 60))]
        outcomes.add(expected := any(pattern in data for pattern in wanted))
        assert Patterns(wanted).occur_in(file_of(tmp_path, data)) == expected
    assert outcomes == {True, False}
