from pathlib import Path

import pytest

from ingest.choices import Choices, path_of
from retrieval.errors import Unusable
from retrieval.ledger.runs import SourceEntry

BEFORE = SourceEntry(
    "hr", "folder", "/srv/hr", "/srv/hr", {"audience": "group:hr", "include": ["*.md"], "exclude": ["drafts"]}
)


def test_what_is_not_chosen_stays_as_it_was() -> None:
    assert Choices().completed(BEFORE) == Choices("group:hr", ("*.md",), ("drafts",))


def test_what_is_chosen_now_counts() -> None:
    chosen = Choices("everyone", exclude=("old",))
    assert chosen.completed(BEFORE) == Choices("everyone", ("*.md",), ("old",))


def test_a_new_source_has_what_was_chosen() -> None:
    assert Choices("group:it").completed(None) == Choices("group:it")


def test_a_known_name_leads_to_its_path_and_an_existing_path_to_itself(tmp_path: Path) -> None:
    assert path_of(Path("hr"), [BEFORE]) == Path("/srv/hr")
    assert path_of(tmp_path, [BEFORE]) == tmp_path


def test_an_unknown_name_is_told_with_the_known_ones() -> None:
    with pytest.raises(Unusable, match="There is nothing at it.*Known sources are: hr"):
        path_of(Path("it"), [BEFORE])
