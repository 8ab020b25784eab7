import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, insert, select, text

from retrieval.access import PUBLIC
from retrieval.chunk import digest
from retrieval.document import Facts
from retrieval.errors import LedgerBusy, LedgerDamaged
from retrieval.ledger import documents, lookup
from retrieval.ledger import engine as ledger_engine
from retrieval.ledger.engine import HEAD, compact, empty_log, open_ledger, reading, writing
from retrieval.ledger.schema import facts

OF_0001 = """
    INSERT INTO sources VALUES ('handbook', 'folder', '/handbook');
    INSERT INTO documents VALUES
      ('handbook/leave.md', 'handbook', 'Leave', 'everyone', '', 's', 'd', 1, '2026-01-05 00:00:00.000000'),
      ('handbook/pay.md', 'handbook', 'Pay', 'group:hr', '', 's', 'd', 1, '2026-01-05 00:00:00.000000');
    INSERT INTO chunks VALUES
      ('c1', 'handbook/leave.md', 0, 'Leave', '[]', '27 days.', '[]', 'e1'),
      ('c2', 'handbook/pay.md', 0, 'Pay', '[]', 'Monthly.', '[]', 'e2');
"""


def put(engine: Engine, *names: str) -> None:
    with writing(engine) as connection:
        for name in names:
            connection.execute(insert(facts).values(name=name, value="x"))


def names(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(facts.c.name).order_by(facts.c.name)).scalars())


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program is writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def impatient(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("PRAGMA busy_timeout = 50"))


def test_a_transaction_is_written_whole(engine: Engine) -> None:
    put(engine, "a", "b")
    assert names(engine) == ["a", "b", "ledger"]


def test_a_transaction_that_fails_writes_nothing(engine: Engine) -> None:
    put(engine, "b")
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        put(engine, "a", "b")
    assert names(engine) == ["b", "ledger"]


def test_a_reader_sees_one_state_while_another_writes(engine: Engine) -> None:
    put(engine, "a")
    with reading(engine) as connection:
        query = select(facts.c.name).order_by(facts.c.name)
        before = list(connection.execute(query).scalars())
        put(engine, "b")
        assert list(connection.execute(query).scalars()) == before == ["a", "ledger"]


def test_a_locked_ledger_says_that_trying_again_helps(engine: Engine, tmp_path: Path) -> None:
    impatient(engine)
    with locked(tmp_path / "ledger.sqlite"), pytest.raises(LedgerBusy, match="is locked by another process") as caught:
        put(engine, "a")
    assert caught.value.retryable


def test_a_locked_ledger_can_be_read(engine: Engine, tmp_path: Path) -> None:
    put(engine, "a")
    with locked(tmp_path / "ledger.sqlite"):
        assert names(engine) == ["a", "ledger"]


def test_after_the_lock_writing_goes_on(engine: Engine, tmp_path: Path) -> None:
    with locked(tmp_path / "ledger.sqlite"):
        pass
    put(engine, "a")
    assert names(engine) == ["a", "ledger"]


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "ledger.sqlite"
    file.write_bytes(b"this is no database, " * 300)
    with pytest.raises(LedgerDamaged, match=r"no readable database\. Restore it from a backup"):
        open_ledger(f"sqlite:///{file}")


def test_a_folder_that_does_not_exist_is_no_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerDamaged, match="cannot be used: unable to open database file"):
        open_ledger(f"sqlite:///{tmp_path / 'missing' / 'ledger.sqlite'}")


def test_opening_again_keeps_what_is_there(engine: Engine, tmp_path: Path) -> None:
    put(engine, "a")
    again = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    assert names(again) == ["a", "ledger"]
    again.dispose()


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A ledger whose schema nobody here knows."""
    file = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()
    return file


def test_a_ledger_of_another_schema_is_refused(newer: Path) -> None:
    with pytest.raises(LedgerDamaged, match="has the schema 9999, which this version does not know"):
        open_ledger(f"sqlite:///{newer}")


def test_a_ledger_is_copied_before_its_schema_is_touched(newer: Path) -> None:
    with pytest.raises(LedgerDamaged):
        open_ledger(f"sqlite:///{newer}")
    with closing(sqlite3.connect(newer.with_name(f"ledger.sqlite.before-{HEAD}"))) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]


def test_two_ledgers_have_two_ids(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        engine = open_ledger(f"sqlite:///{tmp_path / name}")
        with reading(engine) as connection:
            ids.add(connection.execute(select(facts.c.value).where(facts.c.name == "ledger")).scalar_one())
        engine.dispose()
    assert len(ids) == 2


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A ledger as the first version left it, with two documents."""
    file = tmp_path / "older.sqlite"
    engine = create_engine(f"sqlite:///{file}")
    config = Config()
    config.set_main_option("script_location", str(Path(ledger_engine.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(OF_0001)
    return file


def test_documents_of_the_first_schema_are_kept_and_say_nothing_about_themselves_yet(older: Path) -> None:
    opened = open_ledger(f"sqlite:///{older}")
    assert [(entry.uri, entry.facts) for entry in documents.entries(opened)] == [
        ("handbook/leave.md", Facts()),
        ("handbook/pay.md", Facts()),
    ]
    assert lookup.find(opened, ["c1", "c2"], PUBLIC)["c1"].chunk.text == "27 days."
    opened.dispose()


def test_the_copy_of_an_older_ledger_is_whole_and_of_its_schema(older: Path) -> None:
    open_ledger(f"sqlite:///{older}").dispose()
    with closing(sqlite3.connect(f"{older}.before-{HEAD}")) as copy:
        assert copy.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert copy.execute("SELECT count(*) FROM chunks").fetchall() == [(2,)]


def test_opening_a_migrated_ledger_again_copies_nothing(older: Path) -> None:
    open_ledger(f"sqlite:///{older}").dispose()
    copy = older.with_name(f"older.sqlite.before-{HEAD}")
    copy.unlink()
    open_ledger(f"sqlite:///{older}").dispose()
    assert not copy.exists()


def test_after_a_deletion_no_copy_of_an_older_ledger_holds_the_text(older: Path) -> None:
    opened = open_ledger(f"sqlite:///{older}")
    documents.remove(opened, "handbook/leave.md")
    empty_log(opened)
    left = [file.name for file in older.parent.iterdir() if b"27 days." in file.read_bytes()]
    assert left == []
    opened.dispose()


def test_what_a_split_page_kept_of_a_deleted_row_is_gone(tmp_path: Path) -> None:
    """SQLite overwrites a deleted row, not the copy of it that a page kept when it was split: found by trying."""
    chosen = random.Random(3)
    with closing(sqlite3.connect(tmp_path / "x", isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("CREATE TABLE chunks (id VARCHAR PRIMARY KEY, uri VARCHAR, text TEXT)")
        connection.execute("CREATE INDEX by_uri ON chunks (uri)")
        connection.execute("BEGIN")
        for number in range(1500):
            words = " ".join(f"w{chosen.randint(0, 9999)}" for _ in range(chosen.randint(20, 250)))
            row = (digest(str(number))[:32], f"uri{number // 4}", f"<<{number}>> {words}")
            connection.execute("INSERT INTO chunks VALUES (?, ?, ?)", row)
            if number % 30 == 0:
                connection.execute("UPDATE chunks SET text = text || text WHERE uri = ?", (f"uri{number // 8}",))
        connection.execute("COMMIT")
        gone = range(0, 1500, 3)
        connection.execute("DELETE FROM chunks WHERE CAST(substr(text, 3, instr(text, '>>') - 3) AS INTEGER) % 3 = 0")
        before = (tmp_path / "x").read_bytes()
        assert [number for number in gone if b"<<%d>>" % number in before] != []
        compact(connection.cursor())
    after = (tmp_path / "x").read_bytes()
    assert [number for number in gone if b"<<%d>>" % number in after] == []
    assert b"<<1>>" in after
