"""One writer at a time: locks on the home and, where it is shared, on the database; they die with their process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from retrieval.errors import LedgerBusy
from retrieval.ledger.engine import reading

_ADVISORY_KEY = 0x46524F4E54  # "FRONT": any number, the same for all of ours in one database


@contextmanager
def writer(home: Path) -> Iterator[None]:
    """Hold the home's writer lock; the second one is told so at once."""
    path = home / "writer.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            raise LedgerBusy(
                f"Another run is writing to {home} (process {holder or 'unknown'}). Wait until it is done"
            ) from exc
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield
    finally:
        os.close(descriptor)


@contextmanager
def database_writer(engine: Engine) -> Iterator[None]:
    """The same for a PostgreSQL that homes on several machines may share, which a lock on a file cannot see."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with reading(engine) as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(select(func.pg_try_advisory_lock(_ADVISORY_KEY))).scalar():
            raise LedgerBusy("Another run is writing to this database. Wait until it is done")
        try:
            yield
        finally:
            with suppress(OperationalError):  # the connection is gone, and the lock with it
                connection.execute(select(func.pg_advisory_unlock(_ADVISORY_KEY)))
