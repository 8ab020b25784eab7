"""One writer at a time: a lock on the home that dies with its process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from retrieval.errors import LedgerBusy


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
