"""A backup: the whole ledger as one SQLite file, whatever its database is, and the record of those that were made."""

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import DatabaseError

from app.bootstrap import Home
from app.ledger_copy import copy_rows
from retrieval.dense_files import sync
from retrieval.errors import Unusable
from retrieval.ledger.engine import open_ledger, reading, writing
from retrieval.ledger.schema import facts

_PREFIX = "backup:"


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was written, and when."""

    place: str
    at: datetime


def write(home: Home, file: Path, *, replace: bool) -> Backup:
    """Write one consistent state of the ledger, while others read and write it; whole or not at all.

    Raises:
        Unusable: a file is there already, or it cannot be written.
    """
    target = file.expanduser().resolve()
    _refuse(target, home, replace=replace)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    written = Backup(str(target), datetime.now(UTC))
    try:
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _copy(home.engine, temporary)
        sync(temporary)
        record(home.engine, written)
        temporary.replace(target)
        sync(target.parent)
    except (OSError, sqlite3.Error, DatabaseError) as exc:
        raise Unusable(
            f"The backup {target} cannot be written: {exc}. Name a file in a folder with room for it"
        ) from exc
    finally:
        for part in temporary.parent.glob(f"{temporary.name}*"):
            part.unlink(missing_ok=True)
    return written


def backups(engine: Engine) -> list[Backup]:
    """All that were recorded, oldest first."""
    query = select(facts).where(facts.c.name.startswith(_PREFIX, autoescape=True))
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    found = [Backup(row.name.removeprefix(_PREFIX), datetime.fromisoformat(row.value)) for row in rows]
    return sorted(found, key=lambda backup: backup.at)


def record(engine: Engine, backup: Backup) -> None:
    """Note that it was made, because a deletion cannot reach it; replaces what was noted of that place."""
    name = _PREFIX + backup.place
    with writing(engine) as connection:
        connection.execute(delete(facts).where(facts.c.name == name))
        connection.execute(insert(facts).values(name=name, value=backup.at.isoformat()))


def leave_wal(file: Path) -> None:
    """Make an SQLite database that nobody has open one file again, without a log beside it."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _refuse(target: Path, home: Home, *, replace: bool) -> None:
    if target.is_relative_to(home.settings.home.resolve()) or str(target) == home.engine.url.database:
        raise Unusable(f"{target} is inside the home and would be lost together with it. Name a file elsewhere")
    if target.is_dir() or (target.exists() and not replace):
        raise Unusable(f"{target} is there already. Name another file, or replace it with --force")


def _copy(engine: Engine, file: Path) -> None:
    if engine.dialect.name == "sqlite":
        with closing(engine.raw_connection()) as connection:
            connection.cursor().execute("VACUUM INTO ?", (str(file),))
        return
    copy = open_ledger(f"sqlite:///{file}")
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as source, writing(copy) as target:
        copy_rows(source, target)
    copy.dispose()
    leave_wal(file)
