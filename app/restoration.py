"""Making a backup the ledger of a home again, and its indexes from that."""

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, make_url, select, text, update

from app.backup import Backup, leave_wal, record
from app.bootstrap import Home
from app.ledger_copy import copy_rows
from app.places import make_private_folder
from app.tables import conversations, people
from ingest.lock import database_writer, writer
from retrieval.dense_files import sync
from retrieval.errors import LedgerBusy, Unusable
from retrieval.ledger import lookup, runs
from retrieval.ledger.engine import COPY, HEAD, open_ledger, reading, writing
from retrieval.ledger.schema import documents, facts

_IN_USE = "Stop the server and every other command of this home, then restore again"


@dataclass(frozen=True, slots=True)
class Restored:
    """What is answerable now, and where the former ledger's file is."""

    documents: int
    chunks: int
    aside: Path | None


def restore(home: Home, file: Path, *, replace: bool) -> Restored:
    """Put a backup in the place of the home's ledger; nothing is changed where it is refused.

    Raises:
        Unusable: the file is no backup, or newer than this version, or rows are there and `replace` does not say so.
        EmbedderMismatch: its vectors were made by another embedder than the settings name.
        LedgerBusy: something is running on this home.
    """
    _refuse_foreign(file)
    make_private_folder(home.settings.home)
    with writer(home.settings.home):
        prepared = home.settings.home / "ledger.restoring"
        try:
            _prepare(prepared, file, home)
            url = make_url(home.settings.ledger_url)
            if url.get_backend_name() == "sqlite":
                aside = _put_file(prepared, Path(url.database or ""))
            else:
                aside = None
                _put_rows(prepared, home.engine, replace=replace)
        finally:
            for part in prepared.parent.glob(f"{prepared.name}*"):
                part.unlink()
        shutil.rmtree(home.settings.home / "index", ignore_errors=True)
        home.indexes.save()
    return Restored(*lookup.counts(home.engine), aside)


def _refuse_foreign(file: Path) -> None:
    wanted = "A file that `frontdesk backup` wrote was expected"
    if not file.is_file():
        raise Unusable(f"There is no file {file}. {wanted}")
    try:
        with closing(_read_only(file)) as connection:
            revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            ledger = connection.execute("SELECT value FROM facts WHERE name = 'ledger'").fetchone()
            state = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError as exc:
        raise Unusable(f"{file} is no backup of Frontdesk, or it is damaged: {exc}. {wanted}") from exc
    if not revision or not ledger or state != ("ok",):
        raise Unusable(f"{file} is no backup of Frontdesk, or it is damaged. {wanted}")
    if revision[0] > HEAD:
        raise Unusable(f"{file} was written by a newer Frontdesk (schema {revision[0]}, known is {HEAD}). Update first")


def _read_only(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)


def _prepare(prepared: Path, file: Path, home: Home) -> None:
    """A copy of the backup in the home, brought to the present schema, as a ledger of its own."""
    os.close(os.open(prepared, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    with closing(_read_only(file)) as here, closing(sqlite3.connect(prepared)) as there:
        here.backup(there)
    engine = open_ledger(f"sqlite:///{prepared}")
    try:
        runs.check_embedder(lookup.fact(engine, "embedder"), home.embedder.id)
        record(engine, Backup(str(file.resolve()), datetime.fromtimestamp(file.stat().st_mtime, UTC)))
        with writing(engine) as connection:
            # Index files belong to one ledger. This one goes on from where another one was.
            connection.execute(update(facts).where(facts.c.name == "ledger").values(value=uuid.uuid4().hex))
    finally:
        engine.dispose()
    leave_wal(prepared)


def _put_file(prepared: Path, ledger: Path) -> Path | None:
    """Replace the ledger's file; returns where the former one is."""
    sync(prepared)
    aside = ledger.with_name(f"{ledger.name}{COPY}restore-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    with _unused(ledger):
        for ending in ("-wal", "-shm", ""):
            former = ledger.with_name(ledger.name + ending)
            if former.exists():
                former.rename(f"{aside}{ending}")
        prepared.rename(ledger)
    sync(ledger.parent)
    return aside if aside.exists() else None


@contextmanager
def _unused(ledger: Path) -> Iterator[None]:
    """Hold a ledger's file alone, if it can still be read."""
    if not ledger.exists():
        yield
        return
    with closing(sqlite3.connect(ledger, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")  # empties the log; fails while anybody has the file open
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as exc:
            raise LedgerBusy(f"The ledger {ledger} is in use. {_IN_USE}") from exc
        except sqlite3.DatabaseError:
            pass  # a damaged file is put aside as it is
        yield


def _put_rows(prepared: Path, engine: Engine, *, replace: bool) -> None:
    """Replace what a PostgreSQL database holds, in one transaction."""
    _refuse_in_use(engine)
    source = open_ledger(f"sqlite:///{prepared}")
    try:
        with database_writer(engine), reading(source) as rows, writing(engine) as target:
            held = [target.execute(select(func.count()).select_from(table)).scalar_one() for table in _HELD]
            if any(held) and not replace:
                kinds = ", ".join(f"{count} {table.name}" for count, table in zip(held, _HELD, strict=True))
                raise Unusable(
                    f"The database holds {kinds}. Restore into an empty one, or replace all of it with --force"
                )
            copy_rows(rows, target)
    finally:
        source.dispose()


_HELD = (documents, people, conversations)


def _refuse_in_use(engine: Engine) -> None:
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    with reading(engine) as connection:
        count = connection.execute(others).scalar_one()
    if count:
        raise LedgerBusy(f"The database has {count} other connections open. {_IN_USE}")
