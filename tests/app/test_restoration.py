"""Restoring: a home answers from a backup as it did then; what is running or foreign is refused, nothing is lost."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.backup import backups
from app.backup import write as write_backup
from app.bootstrap import Home
from app.restoration import restore
from ingest.lock import writer
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.embedder import Embedder
from retrieval.errors import EmbedderMismatch, LedgerBusy, Unusable
from retrieval.ledger import documents, lookup
from tests.app.test_conversations import LEAVE, QUOTED, SAM, answered
from tests.conftest import write
from tests.retrieval import test_engine
from tests.word_embedder import WordEmbedder

pytestmark = pytest.mark.heavy

older = test_engine.older


@pytest.fixture
def file(own_office: Home, tmp_path: Path) -> Path:
    """A backup of the office with one conversation; its home is closed."""
    answered(own_office, LEAVE, SAM)
    write_backup(own_office, tmp_path / "backup", replace=False)
    own_office.engine.dispose()
    return tmp_path / "backup"


def uris(home: Home) -> list[str]:
    return [entry.uri for entry in documents.entries(home.engine)]


def restored(make_home: Callable[..., Home], file: Path, name: str = "home") -> Home:
    home = make_home(name)
    restore(home, file, replace=False)
    return home


def test_an_empty_home_answers_from_a_backup_of_another_one(make_home: Callable[..., Home], file: Path) -> None:
    home = make_home("other")
    found = restore(home, file, replace=False)
    assert (found.documents, found.aside) == (5, None)
    assert QUOTED in answered(home, LEAVE, SAM).answer
    assert len(home.conversations.listed(SAM)) == 2
    assert home.indexes.dense.rows == found.chunks == len(lookup.alive_ids(home.engine))


def test_the_former_ledger_is_kept_until_a_document_is_deleted(make_home: Callable[..., Home], file: Path) -> None:
    home = make_home()
    home.delete("office/badges.md")
    home.engine.dispose()
    again = make_home()
    aside = restore(again, file, replace=False).aside
    assert aside is not None
    with closing(sqlite3.connect(aside)) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchall() == [(4,)]
    assert len(uris(again)) == 5
    again.delete("office/laptops.md")
    assert not aside.exists()


def test_after_a_restoration_the_index_is_of_the_restored_ledger(
    make_home: Callable[..., Home], file: Path, tmp_path: Path
) -> None:
    """The home had gone on by other documents to the same change number, which an index believed to be its own."""
    home = make_home()
    before = lookup.newest_change(home.engine)
    home.delete("office/laptops.md")
    restored_once = lookup.newest_change(home.engine)
    home.engine.dispose()
    again = restored(make_home, file)
    (tmp_path / "office" / "laptops.md").unlink()
    write(tmp_path / "office", {"leave.md": "# Annual leave\n\nNow it is thirty days.\n"})
    again.ingest(tmp_path / "office" / "leave.md", "everyone", NoProgress())
    assert before < restored_once <= lookup.newest_change(again.engine)
    again.engine.dispose()
    last = restored(make_home, file)
    assert sorted({hit.chunk.uri for hit in last.retriever.search(LEAVE, PUBLIC, 50)}) == [
        "office/badges.md",
        "office/laptops.md",
        "office/leave.md",
    ]
    assert QUOTED in answered(last, LEAVE, SAM).answer


def test_restoring_embeds_nothing(make_home: Callable[..., Home], tmp_path: Path) -> None:
    words = WordEmbedder()
    home = with_embedder(make_home("one"), words)
    home.ingest(
        write(tmp_path / "notes", {"a.md": "# A\n\nAlpha.\n", "b.md": "# B\n\nBeta.\n"}), "everyone", NoProgress()
    )
    write_backup(home, tmp_path / "backup", replace=False)
    before = len(words.embedded)
    other = with_embedder(make_home("other"), words)
    restore(other, tmp_path / "backup", replace=False)
    assert (other.indexes.dense.rows, len(words.embedded)) == (2, before)


def with_embedder(home: Home, embedder: Embedder) -> Home:
    home.__dict__["embedder"] = embedder
    return home


def test_a_backup_made_while_documents_come_in_is_whole(make_home: Callable[..., Home], tmp_path: Path) -> None:
    texts = {f"n{number}.md": f"# Note {number}\n\nRoom {number} has {number} chairs.\n" for number in range(120)}
    folder = write(tmp_path / "notes", texts)
    home = make_home()
    ingesting = threading.Thread(target=home.ingest, args=(folder, "everyone", NoProgress()))
    other = make_home()
    ingesting.start()
    files: list[Path] = []
    while ingesting.is_alive():
        files.append(tmp_path / f"backup{len(files)}")
        write_backup(other, files[-1], replace=False)
    ingesting.join()
    files.append(tmp_path / "last")
    write_backup(other, files[-1], replace=False)
    found = {}
    for file in {*files[:: max(1, len(files) // 4)], files[-1]}:
        again = make_home(f"of-{file.name}")
        count = restore(again, file, replace=False).documents
        assert {hit.chunk.uri for hit in again.retriever.search("How many chairs?", PUBLIC, 500)} == set(uris(again))
        assert again.indexes.dense.rows == len(lookup.alive_ids(again.engine)) == count
        found[file.name] = count
    assert found["last"] == 120
    assert min(found.values()) < 120  # at least one was made meanwhile


def test_a_home_that_somebody_has_open_is_not_touched(make_home: Callable[..., Home], file: Path) -> None:
    running = make_home()
    assert len(uris(running)) == 5
    with pytest.raises(LedgerBusy, match="is in use. Stop the server and every other command of this home"):
        restored(make_home, file)
    assert answered(running, LEAVE, SAM)
    assert sorted(path.name for path in running.settings.home.iterdir() if "restor" in path.name) == []


def test_a_home_that_somebody_writes_to_is_not_touched(
    make_home: Callable[..., Home], file: Path, tmp_path: Path
) -> None:
    with writer(tmp_path / "home"), pytest.raises(LedgerBusy, match="Another run is writing to"):
        restored(make_home, file)


def test_a_damaged_ledger_is_put_aside_as_it_is(make_home: Callable[..., Home], file: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "ledger.sqlite").write_bytes(b"this is no database, " * 300)
    home = make_home()
    found = restore(home, file, replace=False)
    assert found.aside is not None
    assert found.aside.read_bytes().startswith(b"this is no database")
    assert QUOTED in answered(home, LEAVE, SAM).answer


def test_a_backup_of_the_first_schema_is_brought_to_the_present_one(
    older: Path, make_home: Callable[..., Home]
) -> None:
    home = make_home()
    assert restore(home, older, replace=False).documents == 2
    assert uris(home) == ["handbook/leave.md", "handbook/pay.md"]
    with closing(sqlite3.connect(older)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    assert [path.name for path in home.settings.home.iterdir() if "before" in path.name] == []


def test_a_restored_ledger_knows_the_file_it_came_from(make_home: Callable[..., Home], file: Path) -> None:
    assert [backup.place for backup in backups(restored(make_home, file, "other").engine)] == [str(file)]


def test_another_embedders_backup_is_refused_before_anything_changes(
    make_home: Callable[..., Home], file: Path
) -> None:
    home = with_embedder(make_home(), WordEmbedder())
    with pytest.raises(EmbedderMismatch):
        restore(home, file, replace=False)
    assert len(uris(make_home())) == 5
    assert list(home.settings.home.glob("*restor*")) == []


def test_a_missing_file_is_named(make_home: Callable[..., Home], tmp_path: Path) -> None:
    with pytest.raises(
        Unusable, match=r"There is no file .*nowhere\. A file that `frontdesk backup` wrote was expected"
    ):
        restored(make_home, tmp_path / "nowhere")


def foreign(file: Path, script: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(script)


@pytest.mark.parametrize("kind", ["text", "database", "cut off", "damaged"])
def test_a_file_that_is_no_whole_backup_is_refused(make_home: Callable[..., Home], file: Path, kind: str) -> None:
    data = file.read_bytes()
    file.unlink()
    if kind == "text":
        file.write_text("once upon a time " * 100)
    elif kind == "database":
        foreign(file, "CREATE TABLE other (x)")
    elif kind == "cut off":
        file.write_bytes(data[: len(data) // 2])
    else:
        file.write_bytes(data[:20_000] + bytes(60_000) + data[80_000:])
    with pytest.raises(Unusable, match="is no backup of Frontdesk, or it is damaged"):
        restored(make_home, file)
    assert len(uris(make_home())) == 5


def test_a_backup_of_a_newer_version_is_refused(make_home: Callable[..., Home], file: Path) -> None:
    foreign(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(
        Unusable, match=r"was written by a newer Frontdesk \(schema 9999, known is \d+\)\. Update first"
    ):
        restored(make_home, file)
    assert len(uris(make_home())) == 5


def test_a_restored_ledger_is_one_of_its_own_and_nothing_is_left_of_the_former_index(
    make_home: Callable[..., Home], file: Path
) -> None:
    """Other machines on the same database have indexes too, which only the ledger's id tells apart."""
    before = lookup.fact(make_home().engine, "ledger")
    make_home().engine.dispose()
    other = restored(make_home, file, "other")
    first = other.index_folder
    other.engine.dispose()
    again = restored(make_home, file, "other")
    assert len({before, lookup.fact(again.engine, "ledger"), first.name}) == 3
    assert [folder.name for folder in (again.settings.home / "index").iterdir()] == [again.index_folder.name]
    assert first != again.index_folder
