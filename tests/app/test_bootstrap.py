"""Putting the parts together: which source a path is, a private home."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Home
from ingest import reader
from ingest.choices import Choices
from ingest.report import NoProgress
from ingest.source_choice import source_at
from retrieval.access import PUBLIC
from retrieval.errors import EmbedderMismatch, Missing
from retrieval.ledger import documents
from tests.app.conftest import fill
from tests.conftest import write
from tests.word_embedder import WordEmbedder

LEAVE = "How many days of annual leave does every employee have?"


def test_a_home_is_its_owners_alone(home: Home) -> None:
    home.settings.home.mkdir(mode=0o755)
    _ = home.engine
    assert home.settings.home.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("path", "kind"), [("notes", "folder"), ("notes/a.md", "folder")])
def test_a_path_stands_for_a_source(tmp_path: Path, path: str, kind: str) -> None:
    write(tmp_path / "notes", {"a.md": "# A", "b.md": "# B"})
    assert source_at(tmp_path / path, Choices(), [], reader.read).kind == kind


def test_a_single_file_updates_the_folder_it_belongs_to(make_home: Callable[..., Home], tmp_path: Path) -> None:
    home = fill(make_home(), tmp_path)
    (tmp_path / "office" / "hr" / "new.md").write_text("# New\n\nA new rule about bonuses.\n")
    report = home.ingest(tmp_path / "office" / "hr" / "new.md", "everyone", NoProgress())
    (entry,) = (one for one in documents.entries(home.engine) if one.uri.endswith("new.md"))
    assert (report.added, report.removed) == (1, 0)
    assert (entry.uri, entry.audience) == ("office/hr/new.md", "group:hr")


def test_a_deleted_document_is_found_no_more_at_once(own_office: Home) -> None:
    before = own_office.retriever.search(LEAVE, PUBLIC, 50)
    own_office.delete("office/leave.md")
    after = own_office.retriever.search(LEAVE, PUBLIC, 50)
    assert "office/leave.md" in [hit.chunk.uri for hit in before]
    assert sorted(hit.chunk.uri for hit in after) == ["office/badges.md", "office/laptops.md"]


def test_a_deletion_counts_in_a_process_that_is_already_running(
    own_office: Home, make_home: Callable[..., Home]
) -> None:
    running = own_office.retriever
    assert running.search(LEAVE, PUBLIC, 1)[0].chunk.uri == "office/leave.md"
    make_home().delete("office/leave.md")
    assert "office/leave.md" not in [hit.chunk.uri for hit in running.search(LEAVE, PUBLIC, 50)]


@pytest.mark.parametrize("by_hand", [True, False], ids=["deleted", "gone from the folder"])
def test_after_a_deletion_no_file_of_the_home_holds_the_text(
    make_home: Callable[..., Home], tmp_path: Path, by_hand: bool
) -> None:
    # The write-ahead logs of ledger and lexical index once kept it.
    kept = "# Leave\n\nEverybody has 27 days of leave.\n"
    folder = write(tmp_path / "office", {"secret.md": "# Move\n\nThe quokkahouse opens in March.\n", "leave.md": kept})
    home = make_home()
    home.ingest(folder, "everyone", NoProgress())
    assert files_with(home, b"quokkahous") != []  # the lexical index stems the word
    if by_hand:
        home.delete("office/secret.md")
    else:
        (folder / "secret.md").unlink()
        home.ingest(folder, "everyone", NoProgress())
    assert files_with(home, b"quokkahous") == []
    assert files_with(home, b"27 days") != []


def files_with(home: Home, words: bytes) -> list[str]:
    return [file.name for file in home.settings.home.rglob("*") if file.is_file() and words in file.read_bytes()]


def test_deleting_in_a_home_that_was_never_used_finds_nothing(home: Home) -> None:
    with pytest.raises(Missing, match="No document 'a.md'"):
        home.delete("a.md")


def test_a_home_of_one_embedder_refuses_another_and_loses_nothing(
    own_office: Home, make_home: Callable[..., Home]
) -> None:
    other = make_home()
    other.__dict__["embedder"] = WordEmbedder()
    with pytest.raises(EmbedderMismatch, match=r"This home was built with the embedder .*, the settings name words@1"):
        _ = other.indexes
    assert own_office.retriever.search(LEAVE, PUBLIC, 1)[0].chunk.uri == "office/leave.md"
