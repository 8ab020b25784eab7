"""The export's ZIP: what is in it under which name, and the rows of one file. It is read in place, never extracted."""

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.slack_rows import rows
from retrieval.errors import Unreadable, Unusable

LISTS = ("channels.json", "groups.json", "mpims.json", "dms.json")
_ENTRIES = 1_000_000
_UNPACKED = 2**30  # of one file
_RATIO = 200
_SMALL = 16 * 2**20  # bytes up to which a ratio says nothing
_PIECE = 2**20
_UTF8 = 0x800  # the flag of an entry whose name is said to be UTF-8
_DAY = re.compile(r"\d{4}-\d\d-\d\d\.json")
_CANVASES = ("canvas_in_the_conversation.json", "canvases.json")
_WORKSPACE = re.compile(r"(?:(?<=/)|^)teams/[^/]+/$")
_DAMAGED = (
    OSError,
    ValueError,
    RecursionError,
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,
    EOFError,
    NotImplementedError,
)


@dataclass(frozen=True, slots=True)
class Area:
    """The export's top, or one workspace of an organisation's export: its files by the folder they are in."""

    workspace: str
    lists: dict[str, str]
    days: dict[str, list[str]]
    canvases: dict[str, str]


class SlackArchive:
    """An opened export. `areas` has the top first."""

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            Unusable: it is no ZIP archive, no Slack export in JSON, encrypted, or has too many files.
        """
        try:
            self._zip = zipfile.ZipFile(path)
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as exc:
            raise Unusable(f"{path} is no ZIP archive. A Slack export ZIP or a folder was expected") from exc
        entries = self._zip.infolist()
        if len(entries) > _ENTRIES:
            raise Unusable(f"{path} has more than {_ENTRIES} files. Export a shorter time and ingest the parts")
        self._entries = {_real_name(entry): entry for entry in entries if not _is_junk(entry)}
        top = _top(self._entries)
        if top is None:
            raise Unusable(f"{path} is a ZIP archive but no Slack export{_instead(self._entries)}")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Unusable(f"{path} is encrypted. Pack the export again without a password")
        self.areas = _areas(self._entries, top)

    def rows(self, name: str) -> Iterator[object]:
        """The rows of one file, one after another.

        Raises:
            Unreadable: it is no list in valid JSON, or unpacks to too much.
        """
        try:
            yield from rows(self._pieces(self._entries[name]))
        except _DAMAGED as exc:
            raise Unreadable(f"it is no valid JSON file ({type(exc).__name__})") from exc

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """What it unpacks to, counted while it comes: what the archive says of its size may be wrong."""
        most = min(_UNPACKED, max(_SMALL, _RATIO * entry.compress_size))
        seen = 0
        with self._zip.open(entry) as file:
            while piece := file.read(_PIECE):
                seen += len(piece)
                if seen > most:
                    raise Unreadable(f"it unpacks to more than {most // 2**20} MiB")
                yield piece


def _real_name(entry: zipfile.ZipInfo) -> str:
    """The entry's name: Slack writes UTF-8 without saying so, which Python then reads as code page 437."""
    name = entry.filename
    if not entry.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode()
        except UnicodeError:
            name = entry.filename
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _is_junk(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return entry.is_dir() or is_link or name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith(".")


def _top(names: Iterable[str]) -> str | None:
    """Where the export begins: its lists of channels may be in up to two enclosing folders."""
    folders = [_WORKSPACE.sub("", name[: name.rfind("/") + 1]) for name in names if name.rpartition("/")[2] in LISTS]
    near = [folder for folder in folders if folder.count("/") <= 2]
    return min(near, key=lambda folder: folder.count("/"), default=None)


def _areas(names: Iterable[str], top: str) -> list[Area]:
    """The top, then each workspace below `teams`."""
    areas: dict[str, Area] = {"": Area("", {}, {}, {})}
    for name in names:
        parts = name.removeprefix(top).split("/")
        workspace = ""
        if parts[0] == "teams" and len(parts) > 2:
            _, workspace, *parts = parts
        area = areas.setdefault(workspace, Area(workspace, {}, {}, {}))
        if not name.startswith(top) or len(parts) > 2:
            continue
        if parts[-1] in _CANVASES:
            area.canvases[parts[0] if len(parts) == 2 else ""] = name
        elif len(parts) == 1:
            area.lists[parts[0]] = name
        elif _DAY.fullmatch(parts[1]):
            area.days.setdefault(parts[0], []).append(name)
    return list(areas.values())


def _instead(names: Iterable[str]) -> str:
    endings = {PurePosixPath(name).suffix.lower() for name in names}
    if ".jsonl" in endings:
        return " in JSON: it holds JSONL files. Ask Slack for the export in JSON"
    of_text = ".txt" in endings and any(re.match(r"([^/]+/)?(channels|dms)/", name) for name in names)
    if of_text:
        return " in JSON: it is one person's export in TXT. Ask Slack for the export in JSON"
    return ": it holds no channels.json. For other documents, unpack it and ingest the folder"
