"""What a training leaves beside the weights: run.json, from which it can be told apart and done again."""

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FILE = "run.json"
_PACKAGES = ("torch", "transformers", "trl", "peft", "accelerate", "datasets", "bitsandbytes", "tokenizers")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """Digests are sha256; `base` is empty for a model from nothing."""

    method: str
    base: str
    base_digest: str
    data: str
    data_digest: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=lambda: versions())  # noqa: PLW0108 - defined below

    def write(self, folder: Path) -> None:
        """Write it into the folder, last of all: what has no run.json did not finish."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        (folder / FILE).write_text(text + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """Of Python and the packages that decide what comes out."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
