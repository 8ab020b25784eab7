"""The proof of a deletion: it finds what is left, wherever that is, and is not fooled by what others say too."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from app import receipt
from app.backup import write as write_backup
from app.bootstrap import Home
from ingest.report import NoProgress
from retrieval.errors import Missing
from retrieval.ledger import documents
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import facts
from tests.app.conftest import FILES, fill
from tests.app.test_conversations import chunk_of
from tests.conftest import write

BOOKED = "Leave is booked in Meadow at least five working days ahead."
COPIES = {
    "notes.txt": b"Remember: " + BOOKED.encode(),
    "page.json": b'{"said": "' + BOOKED.encode() + b'"}',
    "deep/core.dump": bytes(1000) + b"leav is book in meadow at least five work day ahead" + bytes(99),
}


def test_a_clean_receipt_says_what_went_and_where_was_looked(own_office: Home) -> None:
    found = receipt.delete(own_office, "office/leave.md")
    home = own_office.settings.home
    assert (found.clean, found.deleted.chunks, found.found, found.looked_for > 0) == (True, 2, (), True)
    assert {str(home / "ledger.sqlite"), str(home / "ledger.sqlite-wal")} <= set(found.files)
    assert {"chunks.text", "messages.parts", "failures.reason"} <= set(found.columns)
    assert any(name.endswith("lexical.sqlite") for name in found.files)
    assert [one.uri for one in documents.entries(own_office.engine) if "leave" in one.uri] == []


@pytest.mark.parametrize("name", COPIES)
def test_a_file_of_the_home_that_holds_some_of_the_text_is_found(own_office: Home, name: str) -> None:
    file = own_office.settings.home / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(COPIES[name])
    found = receipt.delete(own_office, "office/leave.md")
    assert (found.clean, found.found) == (False, (str(file),))


def test_what_another_process_writes_afterwards_is_seen(own_office: Home) -> None:
    """Opening the ledger's file to look through it would give up SQLite's locks, and the other one delete its log."""
    receipt.delete(own_office, "office/leave.md")
    file = str(own_office.settings.home / "ledger.sqlite")
    for value in "12":
        write = (
            f"import sqlite3; c = sqlite3.connect({file!r}); c.execute(\"INSERT INTO facts VALUES ('{value}', '')\")"
        )
        subprocess.run([sys.executable, "-c", f"{write}; c.commit(); c.close()"], check=True)
        with reading(own_office.engine) as connection:
            assert connection.execute(select(facts.c.name).where(facts.c.name == value)).scalar() == value


def test_a_vector_that_is_left_is_found(own_office: Home) -> None:
    with reading(own_office.engine) as connection:
        query = "SELECT vector FROM embeddings JOIN chunks ON embedding = digest WHERE uri = 'office/leave.md'"
        vector = connection.exec_driver_sql(query).scalars().all()[0]
    file = own_office.settings.home / "forgotten.npy"
    file.write_bytes(b"header" + vector)
    assert receipt.delete(own_office, "office/leave.md").found == (str(file),)


def test_a_log_that_somebody_reads_is_found_and_emptied_by_the_next_run(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    filled = fill(make_home(), tmp_path)  # a moment ago, so that the log still holds it
    home, log = make_home(), filled.settings.home / "ledger.sqlite-wal"
    with reading(home.engine) as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    with reading(filled.engine) as connection:
        connection.execute(facts.select())
        found = receipt.delete(home, "office/leave.md")
    assert str(log) in found.found
    assert found.beyond[0].startswith("A log that another process was reading meanwhile")
    home.ingest(tmp_path / "office" / "badges.md", "everyone", NoProgress())
    assert [file for file in home.settings.home.rglob("*") if file.is_file() and b"Meadow" in file.read_bytes()] == []


def test_a_row_of_the_ledger_that_holds_some_of_it_is_found_with_the_file_it_is_in(own_office: Home) -> None:
    with writing(own_office.engine) as connection:
        connection.execute(insert(facts).values(name="x", value=BOOKED))
    found = receipt.delete(own_office, "office/leave.md")
    assert {"facts.value", str(own_office.settings.home / "ledger.sqlite")} <= set(found.found)


def test_a_file_of_an_index_that_names_a_deleted_chunk_is_found(own_office: Home) -> None:
    file = own_office.index_folder / "forgotten.npy"
    file.write_bytes(b"header" + chunk_of(own_office, "office/leave.md").encode())
    assert receipt.delete(own_office, "office/leave.md").found == (str(file),)


def test_a_chunk_that_an_index_forgot_to_remove_is_found(own_office: Home) -> None:
    own_office.indexes.lexical.apply = lambda *_: None  # type: ignore[method-assign]
    found = receipt.delete(own_office, "office/leave.md").found
    assert [Path(name).name for name in found] == ["lexical.sqlite"]


def test_a_document_that_another_one_repeats_word_for_word_is_deleted_cleanly(own_office: Home, tmp_path: Path) -> None:
    write(tmp_path / "office", {"copy/leave.md": FILES["leave.md"]})
    own_office.ingest(tmp_path / "office", "everyone", NoProgress())
    found = receipt.delete(own_office, "office/leave.md")
    assert (found.clean, found.looked_for) == (True, 0)
    assert found.shared > 0
    assert "office/copy/leave.md" in [one.uri for one in documents.entries(own_office.engine)]


def test_what_cannot_be_reached_is_named(own_office: Home, tmp_path: Path) -> None:
    write_backup(own_office, tmp_path / "before.sqlite", replace=False)
    beyond = receipt.delete(own_office, "office/leave.md").beyond
    day = datetime.now(UTC).date()
    assert beyond[0] == "While its file is still in the source, the next ingest brings it back."
    assert beyond[1].startswith(f"The backup of {day}")
    assert f"written to {tmp_path / 'before.sqlite'}" in beyond[1]
    assert len(beyond) == 2


def test_a_ledger_outside_the_home_is_looked_through_too(make_home: Callable[..., Home], tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    home = make_home(ledger=f"sqlite:///{tmp_path / 'elsewhere' / 'l.sqlite'}")
    home.ingest(write(tmp_path / "notes", {"a.md": FILES["leave.md"], "b.md": FILES["badges.md"]}), "", NoProgress())
    (tmp_path / "elsewhere" / "l.sqlite.old").write_text(BOOKED)
    found = receipt.delete(home, "notes/a.md")
    assert str(tmp_path / "elsewhere" / "l.sqlite") in found.files
    assert found.found == (str(tmp_path / "elsewhere" / "l.sqlite.old"),)


def test_what_is_not_there_cannot_be_deleted(own_office: Home) -> None:
    with pytest.raises(Missing, match="No document 'office/nowhere.md'"):
        receipt.delete(own_office, "office/nowhere.md")


def test_a_receipt_as_json_holds_all_of_it(own_office: Home) -> None:
    found = receipt.delete(own_office, "office/leave.md")
    said = found.as_json()
    assert list(said)[:3] == ["clean", "uri", "at"]
    assert (said["clean"], said["uri"], said["deleted"]) == (True, "office/leave.md", {"chunks": 2, "messages": 0})
    assert datetime.fromisoformat(said["at"]) == found.at
