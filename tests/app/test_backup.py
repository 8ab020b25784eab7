"""Backups: one file, whole, private, consistent while others write, and remembered."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.backup import backups, write
from app.bootstrap import Home
from retrieval.errors import LedgerBusy, Unusable
from retrieval.ledger import documents
from retrieval.ledger import engine as ledger_engine
from tests.app.test_conversations import LEAVE, SAM, answered
from tests.conftest import write as write_files


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_a_backup_is_one_private_file_with_everything_in_it(own_office: Home, tmp_path: Path) -> None:
    answered(own_office, LEAVE, SAM)
    write(own_office, tmp_path / "backups.sqlite", replace=False)
    file = tmp_path / "backups.sqlite"
    assert (sorted(path.name for path in tmp_path.iterdir()), file.stat().st_mode & 0o777) == (
        ["backups.sqlite", "home", "office"],
        0o600,
    )
    counts = [rows(file, f"SELECT count(*) FROM {name}")[0][0] for name in ("documents", "people", "messages")]
    assert counts == [5, 3, 2]


def test_a_file_that_is_there_is_replaced_only_when_told_so(own_office: Home, tmp_path: Path) -> None:
    file = write_files(tmp_path / "backups", {"kept": "something else"}) / "kept"
    with pytest.raises(Unusable, match=r"kept is there already\. Name another file, or replace it with --force"):
        write(own_office, file, replace=False)
    assert file.read_text() == "something else"
    write(own_office, file, replace=True)
    assert rows(file, "SELECT count(*) FROM documents") == [(5,)]


@pytest.mark.parametrize("name", ["home/backup.sqlite", "home/deep/../ledger.sqlite"])
def test_a_backup_inside_the_home_would_be_none(own_office: Home, tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable, match="is inside the home and would be lost together with it"):
        write(own_office, tmp_path / name, replace=True)
    assert documents.entries(own_office.engine)


def test_a_backup_that_cannot_be_written_leaves_what_was_there(own_office: Home, tmp_path: Path) -> None:
    file = write_files(tmp_path / "backups", {"kept": "an older one"}) / "kept"
    own_office.engine.dispose()
    (tmp_path / "home" / "ledger.sqlite").write_bytes(b"this is no database, " * 300)
    with pytest.raises(Unusable, match=r"cannot be written: .*\. Name a file in a folder with room for it"):
        write(own_office, file, replace=True)
    assert [(one.name, one.read_text()) for one in file.parent.iterdir()] == [("kept", "an older one")]


def test_a_folder_that_is_not_there_is_named(own_office: Home, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"nowhere/backup cannot be written: .*No such file or directory"):
        write(own_office, tmp_path / "nowhere" / "backup", replace=False)


def test_what_another_process_has_not_finished_writing_is_not_in_it(own_office: Home, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "ledger.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM people")
        with ledger_engine.reading(own_office.engine) as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        with pytest.raises(LedgerBusy):  # the copy is made, but that it was made cannot be noted
            write(own_office, tmp_path / "one", replace=False)
        other.execute("ROLLBACK")
    assert not (tmp_path / "one").exists()
    write(own_office, tmp_path / "two", replace=False)
    assert rows(tmp_path / "two", "SELECT count(*) FROM people") == [(3,)]


def test_what_was_deleted_before_is_in_no_byte_of_a_later_backup(own_office: Home, tmp_path: Path) -> None:
    own_office.delete("office/leave.md")
    write(own_office, tmp_path / "backup", replace=False)
    data = (tmp_path / "backup").read_bytes()
    assert (b"27 days" in data, b"calling the guard" in data) == (False, True)


def test_the_ledger_remembers_its_backups_and_where_they_were_written(own_office: Home, tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        write(own_office, tmp_path / name, replace=True)
    assert [backup.place for backup in backups(own_office.engine)] == [str(tmp_path / "two"), str(tmp_path / "one")]


def test_a_relative_path_is_remembered_in_full(
    own_office: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = write(own_office, Path("one"), replace=False)
    assert written.place == os.fspath(tmp_path / "one")
