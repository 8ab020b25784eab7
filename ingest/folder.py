"""The folder source, and the single file as a part of one."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ingest import reader
from ingest.audiences import FILE, rules_in
from ingest.source import Item, Unlisted
from retrieval.document import Document
from retrieval.errors import Unreadable

PEOPLE_FILE = "people.csv"


class Folder:
    """All documents below a folder, or one of them.

    Hidden files are left out; symbolic links are followed only inside the root. `audiences.toml` and `people.csv` in
    the root are settings, not documents.
    """

    kind = "folder"

    def __init__(self, root: Path, default_audience: str, only: Path | None = None) -> None:
        self._root = root.resolve()
        self._only = only.resolve() if only else None
        # A part of a folder is governed by the whole folder's rules, also when it is ingested alone.
        self._ruled_from = governing(self._root)
        self._rules = rules_in(self._ruled_from, default_audience)

    @property
    def location(self) -> str:
        """The folder's absolute path."""
        return str(self._root)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._root.name or "root"

    def items(self) -> Iterator[Item | Unlisted]:
        """Files in the order of their paths."""
        for problem in self._rules.problems:
            yield Unlisted(FILE, problem)
        for file in [self._only] if self._only else self._files():
            yield self._entry(file)

    def covers(self, path: str) -> bool:
        """The whole folder was looked at, or just the one file."""
        return self._only is None or path == self._only.relative_to(self._root).as_posix()

    def members(self) -> Mapping[str, Iterable[str]]:
        """A folder knows nobody."""
        return {}

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                file = Path(folder) / name
                is_setting = folder == str(self._root) and name in (FILE, PEOPLE_FILE)
                if not name.startswith(".") and not is_setting:
                    yield file

    def _entry(self, file: Path) -> Item | Unlisted:
        path = file.relative_to(self._root).as_posix()
        try:
            path.encode()
        except UnicodeEncodeError:
            return Unlisted(path.encode(errors="replace").decode(), "its name is not valid UTF-8; rename it")
        target = file.resolve()
        if not target.is_relative_to(self._root):
            return Unlisted(path, "it is a link that leads out of the folder")
        if reader.suffix_of(path) not in reader.READERS:
            return Unlisted(path, reader.unsupported(path))
        try:
            state = file.stat()
        except OSError as exc:
            return Unlisted(path, f"it cannot be read: {exc.strerror}")
        stamp = f"{state.st_size}:{state.st_mtime_ns}"
        return Item(
            path,
            stamp,
            self._rules.decide(target.relative_to(self._ruled_from).as_posix()),
            partial(_load, file),
            _reading(path),
        )


def _load(file: Path) -> bytes:
    try:
        if file.stat().st_size > reader.LARGEST:
            raise Unreadable(f"the file is larger than the limit of {reader.LARGEST // 2**20} MiB")
        return file.read_bytes()
    except OSError as exc:
        raise Unreadable(f"it cannot be read: {exc.strerror}") from exc


def _reading(path: str) -> Callable[[bytes], Document]:
    def read(data: bytes) -> Document:
        return reader.read(data, path)

    return read


def root_of(file: Path, known: Iterable[str]) -> Path:
    """The folder that a single file belongs to.

    The deepest known source above it, else the nearest folder above it that holds an `audiences.toml`, else its own.
    """
    resolved = file.resolve()
    inside = [Path(location) for location in known if resolved.is_relative_to(location)]
    return max(inside, key=lambda folder: len(folder.parts)) if inside else governing(resolved.parent)


def governing(folder: Path) -> Path:
    """The nearest folder, this one or above it, that holds an `audiences.toml`; this one where none does."""
    at_or_above = (folder, *folder.parents)
    return next((one for one in at_or_above if (one / FILE).exists() or (one / FILE).is_symlink()), folder)
