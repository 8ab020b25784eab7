"""`frontdesk delete`, `backup` and `restore` on the command line."""

from pathlib import Path

import pytest

from tests.app.commands import Frontdesk, one_sentence
from tests.conftest import write

NOTES = {
    "a.md": "# Alpha\n\nAlpha is the first letter of the alphabet that everybody learns at school.\n",
    "b.md": "# Beta\n\nBeta is the second letter of the alphabet that everybody learns at school.\n",
}


@pytest.fixture
def notes(frontdesk: Frontdesk, tmp_path: Path) -> Frontdesk:
    """The command line in a home with two documents."""
    frontdesk("ingest", str(write(tmp_path / "notes", NOTES)))
    return frontdesk


@pytest.mark.parametrize("command", ["delete", "backup", "restore"])
def test_every_commands_help_holds_an_example(frontdesk: Frontdesk, command: str) -> None:
    done = frontdesk(command, "--help")
    assert (done.code, f"Example: frontdesk {command}" in done.out) == (0, True)


def test_a_receipt_says_that_nothing_was_found(notes: Frontdesk) -> None:
    done = notes("delete", "notes/a.md", "--verify")
    assert (done.code, done.error) == (0, "")
    assert "Deleted notes/a.md: 1 chunks" in done.out
    assert "Nothing was found." in done.out
    assert "- While its file is still in the source, the next ingest brings it back." in done.out
    assert [one["uri"] for one in notes("documents", "--json").json["documents"]] == ["notes/b.md"]


def test_what_is_left_is_named_and_ends_with_1(notes: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "home" / "copy.txt").write_text(NOTES["a.md"])
    done = notes("delete", "notes/a.md", "--verify")
    assert (done.code, f"found in {tmp_path / 'home' / 'copy.txt'}" in done.out) == (1, True)
    assert "Something is left." in done.out


def test_a_receipt_as_json(notes: Frontdesk, tmp_path: Path) -> None:
    (tmp_path / "home" / "copy.txt").write_text(NOTES["b.md"])
    clean, left = (notes("delete", f"notes/{name}.md", "--verify", "--json") for name in ("a", "b"))
    assert (clean.code, clean.json["clean"], clean.json["found"]) == (0, True, [])
    assert (left.code, left.json["clean"], left.json["found"]) == (1, False, [str(tmp_path / "home" / "copy.txt")])


def test_a_deletion_as_json(notes: Frontdesk) -> None:
    assert notes("delete", "notes/a.md", "--json").json == {"uri": "notes/a.md", "chunks": 1, "messages": 0}


def test_a_home_is_restored_from_its_backup(notes: Frontdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = notes("backup", "saved.sqlite")
    assert (done.code, done.out.startswith(f"Wrote {tmp_path / 'saved.sqlite'}.")) == (0, True)
    monkeypatch.setenv("FRONTDESK_HOME", str(tmp_path / "other"))
    write(tmp_path / "other", {"ledger.sqlite": "damaged"})
    restored, kept = notes("restore", "saved.sqlite").out.splitlines()
    assert restored == "Restored 2 documents (2 chunks) from saved.sqlite."
    assert kept.startswith(f"What was there before is kept in {tmp_path / 'other' / 'ledger.sqlite.before-restore-'}")
    assert len(notes("search", "second letter", "--json").json["hits"]) == 2


def test_a_backup_replaces_a_file_only_when_forced(notes: Frontdesk) -> None:
    notes("backup", "saved.sqlite")
    done = notes("backup", "saved.sqlite")
    assert (done.code, one_sentence(done), "--force" in done.error) == (2, True, True)
    assert notes("backup", "saved.sqlite", "--force").code == 0


def test_restoring_from_something_else_is_refused_in_one_sentence(notes: Frontdesk, tmp_path: Path) -> None:
    done = notes("restore", str(tmp_path / "notes" / "a.md"))
    assert (done.code, one_sentence(done)) == (2, True)
    assert len(notes("documents", "--json").json["documents"]) == 2
