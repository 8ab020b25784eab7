"""Opening the ledger, bringing it to the present schema, and the two kinds of transactions."""

import glob
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from retrieval.errors import LedgerBusy, LedgerDamaged, Unusable

HEAD = "0017"
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_SECONDS = 10
COPY = ".before-"  # begins the ending of a copy of the file, named after what was done next


def open_ledger(url: str) -> Engine:
    """Open the database at a SQLAlchemy URL, migrated to the present schema."""
    try:
        # A server that was restarted is used again by the next question.
        how = {"connect_args": {"timeout": _BUSY_SECONDS}} if _is_sqlite(url) else {"pool_pre_ping": True}
        engine = create_engine(url, hide_parameters=True, **how)  # an error is logged, and names no values
    except (ArgumentError, NoSuchModuleError) as exc:
        raise Unusable(f"The ledger's URL is wrong: {exc}. Write sqlite:///FILE or postgresql+psycopg://...") from exc
    except ModuleNotFoundError as exc:
        raise Unusable("The ledger's database needs a driver. Run: pip install 'frontdesk[postgres]'") from exc
    if engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _configure_postgresql)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        _migrate(engine)
    except OperationalError as exc:
        engine.dispose()
        raise _busy_or_damaged(exc, engine) from exc
    except DatabaseError as exc:
        engine.dispose()
        raise LedgerDamaged(
            f"The ledger {engine.url.render_as_string()} is no readable database. Restore it from a backup, or "
            "move it away and ingest again"
        ) from exc
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Look at one consistent state of the ledger."""
    try:
        with engine.connect() as connection:
            yield connection
    except OperationalError as exc:
        raise _busy_or_damaged(exc, engine) from exc


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Change the ledger in one short transaction: all of it or nothing."""
    try:
        with engine.connect().execution_options(frontdesk_writes=True) as connection, connection.begin():
            yield connection
    except OperationalError as exc:
        raise _busy_or_damaged(exc, engine) from exc


def empty_log(engine: Engine) -> bool:
    """SQLite: leave no deleted text in the files: the database's unused space, its log, copies that were kept aside.

    False where another process was reading for so long that its part of the log remains.
    """
    emptied = True
    if engine.dialect.name == "sqlite" and engine.url.database:
        with closing(engine.raw_connection()) as connection:
            emptied = compact(connection.cursor())
        file = Path(engine.url.database)
        for copy in file.parent.glob(f"{glob.escape(file.name)}{COPY}*"):
            copy.unlink()
    return emptied


def compact(cursor: Any) -> bool:
    """Rewrite an SQLite database without what was deleted, and empty its log; False where a reader is in the way.

    Overwriting what is deleted is not enough: a page that was split before keeps bytes of its other half.
    """
    try:
        cursor.execute("VACUUM")
        (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as exc:
        raise LedgerBusy(
            f"What was deleted is shown to nobody, but could not be taken out of the files: {exc}. The next ingestion "
            "or deletion does it"
        ) from exc
    return not busy


def _is_sqlite(url: str) -> bool:
    return make_url(url).get_backend_name() == "sqlite"


def _configure_sqlite(connection: Any, _record: object) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver's implicit one
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _configure_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")  # times are read as that, whatever the server's own zone is
    connection.commit()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer can fail at once when somebody else wrote in between; a writer says so first.
    writes = connection.get_execution_options().get("frontdesk_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _busy_or_damaged(exc: OperationalError, engine: Engine) -> LedgerBusy | LedgerDamaged:
    place = engine.url.render_as_string()
    reason = str(exc.orig).partition("\n")[0]  # libpq goes on with guesses
    if "locked" in reason or "busy" in reason:
        return LedgerBusy(f"The ledger {place} is locked by another process. Wait until it is done and try again")
    return LedgerDamaged(f"The ledger {place} cannot be used: {reason}")


def _migrate(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    if found is not None and engine.url.database and engine.dialect.name == "sqlite":
        _copy_sqlite(engine.url.database, f"{engine.url.database}{COPY}{HEAD}")
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with writing(engine) as connection:
        if _revision(connection) != HEAD:  # another process may have been faster
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as exc:
                raise LedgerDamaged(
                    f"The ledger {engine.url.render_as_string()} has the schema {found}, which this version does not "
                    "know. Was it made by a newer Frontdesk?"
                ) from exc


def _copy_sqlite(file: str, copy: str) -> None:
    """SQLite's own copy holds what still lies in the write-ahead log; a copy of the file would not."""
    with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(copy)) as there:
        here.backup(there)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
