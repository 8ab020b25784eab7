"""The files of a model: which ones are taken, their checksums, and one digest of all that decides its answers.

Only safetensors and JSON, a chat template, merges and a README are taken. What can hold code is refused by its name.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.llm.folder import header
from retrieval.errors import Unusable

ADAPTER_CONFIG = "adapter_config.json"
MODEL_CONFIG = "config.json"
WEIGHTS = ".safetensors"
CARD = "README.md"
RUN = "run.json"
_TAKEN = (WEIGHTS, ".json", ".jinja")
_TAKEN_NAMES = (CARD, "merges.txt", "vocab.txt")
_REFUSED = (
    ".bin",
    ".pt",
    ".pth",
    ".ckpt",
    ".pkl",
    ".pickle",
    ".joblib",
    ".npy",
    ".npz",
    ".h5",
    ".msgpack",
    ".py",
    ".so",
)
_TOLD_ONLY = (CARD, RUN, "data.json", "trainer_state.json", "verdict.json")  # they decide no answer

Watch = Callable[[str, int, int], None]  # is told what is being done, and how many of how many bytes are


@dataclass(frozen=True, slots=True)
class ModelPlace:
    """Where a model is: `base` with its weights, `adapter` trained on top of them or None."""

    base: Path
    adapter: Path | None = None

    @property
    def name(self) -> str:
        """What people call it."""
        return (self.adapter or self.base).resolve().name

    def parts(self) -> dict[str, Path]:
        """The folders by what they are in a version."""
        return {"model": self.base} | ({"adapter": self.adapter} if self.adapter else {})


@dataclass(frozen=True, slots=True)
class FileSum:
    """One file's size in bytes and its SHA-256."""

    size: int
    sha256: str


def model_folder(place: Path) -> ModelPlace:
    """The model in a folder, an adapter with the base that its own record names.

    Raises:
        Unusable: it is no model folder, or the base is not on this machine.
    """
    folder = place.expanduser()
    if (folder / ADAPTER_CONFIG).is_file():
        return ModelPlace(_base_of(folder), folder)
    if not (folder / MODEL_CONFIG).is_file():
        raise Unusable(f"{place} is no model folder: {MODEL_CONFIG} or {ADAPTER_CONFIG} was expected in it")
    return ModelPlace(folder)


def taken(folder: Path) -> list[Path]:
    """The files of one folder that a version keeps; folders inside are left out.

    Raises:
        Unusable: there are no weights, some are cut short, or a file can hold code.
    """
    files = sorted(file for file in folder.iterdir() if file.is_file())
    bad = [file.name for file in files if file.suffix.lower() in _REFUSED]
    if bad:
        raise Unusable(
            f"{folder} holds {', '.join(bad)}. Such files can run code: only safetensors and JSON are taken. "
            "Remove them, or save the model again with safetensors"
        )
    kept = [file for file in files if file.suffix.lower() in _TAKEN or file.name in _TAKEN_NAMES]
    weights = [file for file in kept if file.suffix == WEIGHTS]
    if not weights:
        raise Unusable(f"{folder} has no weights: a file *{WEIGHTS} was expected in it")
    for file in weights:
        header(file)
    return kept


def sums(model: ModelPlace, watch: Watch) -> dict[str, FileSum]:
    """Every file that is taken with its checksum, by its path in a version."""
    files = {f"{part}/{file.name}": file for part, folder in model.parts().items() for file in taken(folder)}
    total, done, found = sum(file.stat().st_size for file in files.values()), 0, {}
    for name, file in files.items():
        found[name] = file_sum(file)
        done += found[name].size
        watch("Reading", done, total)
    return found


def file_sum(file: Path) -> FileSum:
    """Size and checksum."""
    with file.open("rb") as content:
        return FileSum(file.stat().st_size, hashlib.file_digest(content, "sha256").hexdigest())


def digest_of(files: Mapping[str, FileSum]) -> str:
    """One digest of all files that decide what the model answers."""
    told = [f"{name} {one.sha256}" for name, one in sorted(files.items()) if Path(name).name not in _TOLD_ONLY]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is no such file.

    Raises:
        Unusable: the file is no JSON object.
    """
    if not file.is_file():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise Unusable(f"{file} cannot be read: {exc}") from exc
    if not isinstance(data, dict):
        raise Unusable(f"{file} is wrong: one JSON object was expected in it")
    return data


def weights_size(folders: Iterable[Path]) -> int:
    """Bytes of all weights in these folders."""
    return sum(file.stat().st_size for folder in folders for file in folder.glob(f"*{WEIGHTS}"))


def _base_of(adapter: Path) -> Path:
    stated = read_json(adapter / ADAPTER_CONFIG).get("base_model_name_or_path") or ""
    places = [Path(stated).expanduser(), adapter / stated] if stated else []
    found = next((place for place in places if (place / MODEL_CONFIG).is_file()), None)
    if found is None:
        raise Unusable(
            f"The adapter {adapter} was trained on {stated or 'a model that it does not name'}, which is not on this "
            f"machine. Set base_model_name_or_path in its {ADAPTER_CONFIG} to that model's folder"
        )
    return found
