"""The shelf of a home: `models/NAME/NUMBER/` holds one version each, written beside, synced, then renamed.

A version is a copy of our own that nobody changes. Weights that an earlier version has already are linked instead.
"""

import fcntl
import logging
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.registry.history import History, account
from app.registry.model_card import card
from app.registry.model_files import (
    CARD,
    RUN,
    WEIGHTS,
    FileSum,
    ModelPlace,
    Watch,
    digest_of,
    file_sum,
    read_json,
    sums,
)
from app.registry.prompt_record import present_prompt, retrieval_settings
from app.registry.version import RECORD, Version, read_record, verify, write_record
from app.settings import Settings
from retrieval.errors import FrontdeskError, LedgerBusy, Missing, Unusable

if TYPE_CHECKING:
    from app.judging.verdict import Verdict

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_RESERVED = {"quoting", "verified", "frontdesk", "verdicts"}
_PARTIAL = ".partial"


@dataclass(frozen=True, slots=True)
class Naming:
    """How a version is to be called and described."""

    name: str
    licence: str = "other"
    described: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name in _RESERVED:
            raise Unusable(
                f"{self.name!r} is no name for a model: small letters, digits, `.`, `_` and `-` were expected"
            )


class Shelf:
    """All versions in one folder, and which of them answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = History(folder)

    def versions(self) -> list[Version]:
        """Every version whose record can be read, by name and number."""
        found = []
        for file in self.folder.glob(f"*/*/{RECORD}"):
            if file.parent.name != _PARTIAL:
                try:
                    found.append(read_record(file.parent))
                except Unusable as exc:
                    _log.error("A version is left out: %s", exc)
        return sorted(found, key=lambda version: (version.name, version.number))

    def version(self, ref: str) -> Version:
        """The version NAME/NUMBER, or the newest of NAME.

        Raises:
            Missing: there is none.
        """
        if (self.folder / ref / RECORD).is_file():
            return read_record(self.folder / ref)
        known = self.versions()
        named = [one for one in known if ref in (one.ref, one.name)]
        if not named:
            there = ", ".join(one.ref for one in known) or "none yet; add one with: frontdesk models register FOLDER"
            raise Missing(f"There is no version {ref!r}. Known are: {there}")
        return named[-1]

    def place(self, version: Version) -> Path:
        """The version's folder."""
        return self.folder / version.ref

    def checked(self, ref: str) -> tuple[Version, ModelPlace]:
        """A version and its model, after its checksums were compared."""
        version = self.version(ref)
        verify(self.place(version), version)
        return version, version.model(self.place(version))

    def promoted(self) -> str:
        """The version that answers; empty where none was promoted."""
        return next(reversed(self.history.promoted()), "")

    def register(self, model: ModelPlace, naming: Naming, settings: Settings, watch: Watch) -> Version:
        """Copy a model here as the next version of its name; the same files twice are one version.

        Raises:
            Unusable: a file is broken or refused.
            LedgerBusy: another model is being copied.
        """
        files = sums(model, watch)
        digest = digest_of(files)
        with self._alone():
            known = [one for one in self.versions() if one.name == naming.name]
            prompt = present_prompt()
            for one in known:
                if (one.digest, one.prompt.digest) == (digest, prompt.digest):
                    return one
            version = Version(
                naming.name,
                self._next(naming.name),
                datetime.now(UTC).isoformat(timespec="seconds"),
                account(),
                digest,
                files,
                prompt,
                retrieval_settings(settings),
                str((model.adapter or model.base).resolve()),
                naming.licence,
                naming.described,
                read_json((model.adapter or model.base) / RUN),
            )
            self._store(version, model, watch)
        return version

    def describe(self, version: Version, verdicts: Sequence["Verdict"]) -> None:
        """Write the model card anew, with what was judged of the version."""
        file = self.place(version) / CARD
        beside = file.with_suffix(".partial")
        beside.write_text(card(version, verdicts), encoding="utf-8")
        beside.replace(file)

    def _next(self, name: str) -> int:
        numbers = [int(place.name) for place in (self.folder / name).glob("*") if place.name.isdigit()]
        return max(numbers, default=0) + 1

    def _store(self, version: Version, model: ModelPlace, watch: Watch) -> None:
        partial = self.folder / version.name / _PARTIAL
        shutil.rmtree(partial, ignore_errors=True)  # of one that was killed
        try:
            have = {one.sha256: place for place, one in self._kept() if place.suffix == WEIGHTS}
            done = 0
            for name, stated in version.files.items():
                part, _, file = name.partition("/")
                _put(model.parts()[part] / file, partial / name, stated, have.get(stated.sha256))
                done += stated.size
                watch("Copying", done, version.size)
            write_record(partial, version)
            (partial / CARD).write_text(card(version), encoding="utf-8")
            _sync(partial)
            partial.rename(self.place(version))
            _sync_folder(partial.parent)
        except OSError as exc:
            raise FrontdeskError(
                f"{version.ref} could not be kept: {exc.strerror or exc}. Nothing was changed"
            ) from exc
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _kept(self) -> Iterator[tuple[Path, FileSum]]:
        for version in self.versions():
            for name, one in version.files.items():
                yield self.place(version) / name, one

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "register.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as exc:
                raise LedgerBusy("Another model is being registered. Wait until it is done") from exc
            yield


def shelf_of(home: Path) -> Shelf:
    """The shelf of a home."""
    return Shelf(home / "models")


def _put(source: Path, target: Path, stated: FileSum, same: Path | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if same is not None and _linked(same, target, stated):
        return
    shutil.copyfile(source, target)
    target.chmod(0o400)
    if file_sum(target) != stated:
        raise Unusable(f"{source} changed while it was copied. Try again when nobody writes there")


def _linked(same: Path, target: Path, stated: FileSum) -> bool:
    """Whether the file of another version could be used, which must be whole."""
    try:
        if file_sum(same) == stated:
            os.link(same, target)
            return True
    except OSError:  # a file system without links
        pass
    return False


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as content:
                os.fsync(content.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
