"""Waiting for changes below a path."""

from collections.abc import Iterator
from pathlib import Path

from retrieval.errors import Unusable

_CALM_MS = 2_000  # changes that follow each other within this time are one


def changes(path: Path, *, endless: bool) -> Iterator[None]:
    """Once at the beginning and, if `endless`, again after each change below the path, until interrupted."""
    if endless and not path.exists():
        raise Unusable(f"There is nothing to watch at {path}. A folder or a file was expected")
    yield
    if endless:
        import watchfiles

        for _ in watchfiles.watch(path, debounce=_CALM_MS, step=200, raise_interrupt=True):
            yield
