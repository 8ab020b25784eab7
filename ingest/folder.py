"""The folder source, and the single file as a part of one."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from ingest import reader
from ingest.audiences import FILE, rules_in
from ingest.patterns import EVERYTHING, Patterns
from ingest.source import Item, Unlisted
from retrieval.document import Document
from retrieval.errors import Unreadable

PEOPLE_FILE = "people.csv"

Read = Callable[[bytes, str], Document]


class Folder:
    """All documents below a folder, or one of them.

    Hidden files are left out; symbolic links are followed only inside the root. `audiences.toml` in the root and any
    `people.csv` are settings, not documents. `read` makes a document of bytes and a path: in this process by default,
    in a `Jail` where files may be hostile. What the `patterns` do not allow is left out, and removed if it was there.
    """

    kind = "folder"

    def __init__(
        self,
        root: Path,
        default_audience: str,
        only: Path | None = None,
        read: Read = reader.read,
        patterns: Patterns = EVERYTHING,
    ) -> None:
        self._root = root.resolve()
        self._patterns = patterns
        self._read_bytes = read
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

    def items(self) -> list[Item | Unlisted]:
        """Files in the order of their paths."""
        problems = [Unlisted(FILE, problem) for problem in self._rules.problems]
        return [*problems, *map(self._entry, [self._only] if self._only else self._files())]

    def covers(self, path: str) -> bool:
        """The whole folder was looked at, or just the one file."""
        return self._only is None or path == self._path(self._only)

    def members(self) -> Mapping[str, Iterable[str]]:
        """A folder knows nobody."""
        return {}

    def remarks(self) -> Iterable[str]:
        """Nothing."""
        return ()

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self._root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(files):
                file = Path(folder) / name
                is_setting = name == PEOPLE_FILE or (folder == str(self._root) and name == FILE)
                if not name.startswith(".") and not is_setting and self._patterns.allow(self._path(file)):
                    yield file

    def _path(self, file: Path) -> str:
        return file.relative_to(self._root).as_posix()

    def _entry(self, file: Path) -> Item | Unlisted:
        path = self._path(file)
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
            lambda data: self._read_bytes(data, path),
        )


def _load(file: Path) -> bytes:
    try:
        if file.stat().st_size > reader.LARGEST:
            raise Unreadable(f"the file is larger than the limit of {reader.LARGEST // 2**20} MiB")
        return file.read_bytes()
    except OSError as exc:
        raise Unreadable(f"it cannot be read: {exc.strerror}") from exc


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
