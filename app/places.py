"""Where a home keeps what is not in its ledger."""

import os
from pathlib import Path

from retrieval.errors import Unusable


def uploads_of(home: Path) -> Path:
    """Where uploaded documents are kept, a folder for each audience."""
    return home / "uploads"


def exports_of(home: Path) -> Path:
    """Where uploaded Slack exports are kept."""
    return home / "exports"


def make_private_folder(home: Path) -> None:
    """Create the home, readable by its owner only."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
    except OSError as exc:
        raise Unusable(f"The home {home} cannot be made: {exc.strerror}. Set FRONTDESK_HOME to another folder") from exc
    if not os.access(home, os.W_OK):
        raise Unusable(f"The home {home} is not writable. Set FRONTDESK_HOME to another folder")


def milvus_file(home: Path, place: str) -> Path | None:
    """Where a Milvus Lite file is; named from the home, so that it is the same from whichever folder we are started."""
    return None if "://" in place else home / Path(place).expanduser()
