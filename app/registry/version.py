"""A version of a model as it is kept: its record, and the check that its files are still those of the record."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.registry.model_files import CARD, FileSum, ModelPlace, file_sum, read_json
from app.registry.prompt_record import PromptRecord
from retrieval.errors import Unusable

RECORD = "version.json"
_FORM = 1


@dataclass(frozen=True, slots=True)
class Version:
    """`digest` names all that decides its answers. `run` is what training told, `origin` where it was copied from.

    `retrieval` are the settings that it was registered with, `described` what somebody said of it.
    """

    name: str
    number: int
    created_at: str
    created_by: str
    digest: str
    files: Mapping[str, FileSum]
    prompt: PromptRecord
    retrieval: Mapping[str, Any]
    origin: str
    licence: str
    described: str = ""
    run: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """What it is called: NAME/NUMBER."""
        return f"{self.name}/{self.number}"

    @property
    def is_adapter(self) -> bool:
        """Whether it is an adapter with its base."""
        return any(name.startswith("adapter/") for name in self.files)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(one.size for one in self.files.values())

    def model(self, folder: Path) -> ModelPlace:
        """Where its model is, below the version's folder."""
        return ModelPlace(folder / "model", folder / "adapter" if self.is_adapter else None)

    def as_json(self) -> dict[str, Any]:
        """The same as builtins."""
        return asdict(self)

    def differences(self, prompt: PromptRecord, retrieval: Mapping[str, Any]) -> list[str]:
        """What is different here from when it was registered, a sentence each."""
        found = []
        if prompt.digest != self.prompt.digest:
            changed = [name for name, text in prompt.parts.items() if self.prompt.parts.get(name) != text]
            which = ", ".join(changed) or "how its parts are put together"
            found.append(f"{self.ref} was registered with another prompt than this Frontdesk uses ({which})")
        other = [
            f"{name} {value!r} instead of {self.retrieval[name]!r}"
            for name, value in retrieval.items()
            if name in self.retrieval and self.retrieval[name] != value
        ]
        if other:
            found.append(f"{self.ref} was registered with other settings: now {', '.join(other)}")
        return found


def write_record(folder: Path, version: Version) -> None:
    """Write version.json."""
    text = json.dumps({"form": _FORM} | version.as_json(), indent=1, ensure_ascii=False)
    (folder / RECORD).write_text(text + "\n", encoding="utf-8")


def read_record(folder: Path) -> Version:
    """The version in a folder.

    Raises:
        Unusable: its record is missing or broken.
    """
    file = folder / RECORD
    row = read_json(file)
    try:
        form = row.pop("form")
        if form != _FORM:
            raise Unusable(f"{file} was written by another release of Frontdesk (form {form!r})")
        row["files"] = {name: FileSum(**one) for name, one in row["files"].items()}
        row["prompt"] = PromptRecord(**row["prompt"])
        return Version(**row)
    except (KeyError, TypeError, AttributeError) as exc:
        raise Unusable(f"{file} is no record of a version ({exc})") from exc


def verify(folder: Path, version: Version) -> None:
    """Read every file and compare it with the record.

    Raises:
        Unusable: a file is missing, has other content, or is not in the record.
    """
    for name, stated in version.files.items():
        file = folder / name
        if not file.is_file():
            raise Unusable(f"{version.ref} cannot be used: its file {name} is missing")
        size = file.stat().st_size
        if size != stated.size:
            raise Unusable(f"{version.ref} cannot be used: {name} has {size:,} bytes instead of {stated.size:,}")
        if file_sum(file) != stated:
            raise Unusable(f"{version.ref} cannot be used: {name} has another content than when it was registered")
    known = {*version.files, RECORD, CARD, f"{CARD[:-3]}.partial"}
    foreign = [
        name
        for file in folder.rglob("*")
        if file.is_file() and (name := file.relative_to(folder).as_posix()) not in known
    ]
    if foreign:
        raise Unusable(f"{version.ref} cannot be used: {', '.join(sorted(foreign))} is not in its record")
