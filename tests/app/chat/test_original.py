"""The original of a source: for whoever may read the passage, and only as it was when it was read."""

from pathlib import Path

import pytest

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.chat.original import CHANGED, NOT_KEPT, original
from ingest.report import NoProgress
from retrieval.errors import Missing
from retrieval.ledger import documents, lookup
from tests.conftest import write

HANA = Caller("hana@office.example", frozenset({"group:hr"}))


def chunk_of(home: Home, uri: str) -> str:
    return next(
        id_ for id_, (_, chunk) in lookup.texts(home.engine, lookup.alive_ids(home.engine)).items() if chunk.uri == uri
    )


def test_the_original_comes_byte_for_byte(own_office: Home, tmp_path: Path) -> None:
    found = original(own_office.engine, chunk_of(own_office, "office/leave.md"), NOBODY)
    assert (found.name, found.data) == ("leave.md", (tmp_path / "office" / "leave.md").read_bytes())


def test_a_closed_original_is_not_there(own_office: Home) -> None:
    bands = chunk_of(own_office, "office/hr/bands.md")
    assert b"49,700" in original(own_office.engine, bands, HANA).data
    with pytest.raises(Missing, match="no longer there, or you may not read it"):
        original(own_office.engine, bands, NOBODY)


def test_a_file_that_changed_since_it_was_read_is_not_given(own_office: Home, tmp_path: Path) -> None:
    leave = chunk_of(own_office, "office/leave.md")
    with (tmp_path / "office" / "leave.md").open("a") as file:
        file.write("\nFor HR's eyes only.\n")
    with pytest.raises(Missing, match=CHANGED):
        original(own_office.engine, leave, NOBODY)


def test_a_deleted_file_is_said_to_be_away(own_office: Home, tmp_path: Path) -> None:
    leave = chunk_of(own_office, "office/leave.md")
    (tmp_path / "office" / "leave.md").unlink()
    with pytest.raises(Missing, match=NOT_KEPT):
        original(own_office.engine, leave, NOBODY)


def test_a_file_with_what_is_hidden_in_answers_is_not_given(own_office: Home, tmp_path: Path) -> None:
    write(tmp_path / "office", {"bank.md": "# Bank\n\nThe account is DE89 3704 0044 0532 0130 00 for all refunds.\n"})
    own_office.ingest(tmp_path / "office", "everyone", NoProgress())
    assert documents.entries_at(own_office.engine, ["office/bank.md"])["office/bank.md"].concerns
    with pytest.raises(Missing, match=NOT_KEPT):
        original(own_office.engine, chunk_of(own_office, "office/bank.md"), NOBODY)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(own_office: Home, tmp_path: Path) -> None:
    badges, outside = chunk_of(own_office, "office/badges.md"), tmp_path / "outside.md"
    (tmp_path / "office" / "badges.md").rename(outside)
    (tmp_path / "office" / "badges.md").symlink_to(outside)
    with pytest.raises(Missing, match=NOT_KEPT):
        original(own_office.engine, badges, NOBODY)
