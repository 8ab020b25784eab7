"""Backups from and into a real PostgreSQL, and the move of a home from one kind of database to the other."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import text

from app import receipt
from app.backup import write as write_backup
from app.bootstrap import Home
from app.restoration import restore
from ingest.report import NoProgress
from retrieval.errors import LedgerBusy, Unusable
from retrieval.ledger import documents, lookup
from retrieval.ledger.engine import reading, writing
from tests.app.conftest import fill
from tests.app.test_conversations import LEAVE, QUOTED, SAM, answered
from tests.conftest import write
from tests.retrieval import test_postgres

pytestmark = pytest.mark.heavy

postgres = test_postgres.postgres


@pytest.fixture
def database(make_home: Callable[..., Home], postgres: str) -> Iterator[str]:
    """The URL of a database without rows and tables."""
    yield postgres
    engine = make_home("last", ledger=postgres).engine
    with writing(engine) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture
def backup(own_office: Home, tmp_path: Path) -> Path:
    """Of an office on SQLite, with one conversation."""
    answered(own_office, LEAVE, SAM)
    write_backup(own_office, tmp_path / "backup", replace=False)
    return tmp_path / "backup"


def test_a_home_moves_to_postgresql_and_back(
    make_home: Callable[..., Home], database: str, backup: Path, tmp_path: Path
) -> None:
    home = make_home("one", ledger=database)
    assert restore(home, backup, replace=False).documents == 5
    assert QUOTED in answered(home, LEAVE, SAM).answer
    times = [entry.updated_at for entry in documents.entries(home.engine)]
    with reading(home.engine) as connection:
        connection.execute(text("SET TIME ZONE 'Asia/Tokyo'"))
        connection.commit()  # the connection goes back to the pool with it
    write_backup(home, tmp_path / "of-postgres", replace=False)
    again = make_home("again")
    assert restore(again, tmp_path / "of-postgres", replace=False).documents == 5
    assert len(again.conversations.listed(SAM)) == 2
    assert [entry.updated_at.replace(tzinfo=UTC) for entry in documents.entries(again.engine)] == times
    assert again.indexes.dense.rows == len(lookup.alive_ids(again.engine))
    with closing(sqlite3.connect(tmp_path / "of-postgres")) as connection_:
        assert connection_.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_restored_database_goes_on_counting(
    make_home: Callable[..., Home], database: str, backup: Path, tmp_path: Path
) -> None:
    home = make_home("one", ledger=database)
    restore(home, backup, replace=False)
    write(tmp_path / "office", {"new.md": "# Parking\n\nParking is free for everybody on Sundays.\n"})
    home.ingest(tmp_path / "office", "everyone", NoProgress())
    assert "Sundays" in answered(home, "What is parking on Sundays?", SAM).answer


def test_a_database_with_rows_is_replaced_only_when_told_so(
    make_home: Callable[..., Home], database: str, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    home = fill(make_home("one", ledger=database), tmp_path / "other")
    home.delete("office/leave.md")
    home.engine.dispose()
    again = make_home("one", ledger=database)
    with pytest.raises(Unusable, match=r"The database holds 4 documents, 3 people, 0 conversations"):
        restore(again, backup, replace=False)
    assert len(documents.entries(again.engine)) == 4
    again.engine.dispose()
    last = make_home("one", ledger=database)
    assert restore(last, backup, replace=True).documents == 5
    assert QUOTED in answered(last, LEAVE, SAM).answer


def test_a_database_that_somebody_has_open_is_not_touched(
    make_home: Callable[..., Home], database: str, backup: Path
) -> None:
    running = make_home("running", ledger=database)
    assert documents.entries(running.engine) == []
    other = make_home("one", ledger=database)
    with pytest.raises(LedgerBusy, match="The database has 1 other connections open. Stop the server"):
        restore(other, backup, replace=True)
    other.engine.dispose()
    assert documents.entries(running.engine) == []


def test_a_deletion_on_postgresql_is_proved_and_says_what_it_cannot_reach(
    make_home: Callable[..., Home], database: str, tmp_path: Path
) -> None:
    home = fill(make_home("one", ledger=database), tmp_path)
    answered(home, LEAVE, SAM)
    found = receipt.delete(home, "office/leave.md")
    assert (found.clean, "chunks.text" in found.columns) == (True, True)
    assert [sentence.split(":")[0] for sentence in found.beyond[1:]] == [
        "PostgreSQL's own files",
        "Index files of other machines with this database",
    ]
