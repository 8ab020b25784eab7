"""Small model folders and shelves for tests of the registry: real safetensors files, too small to answer anything."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from app.registry.model_files import model_folder
from app.registry.shelf import Naming, Shelf
from app.registry.version import Version
from app.settings import Settings

# Without sizes, transformers would take those of a model of seven billion weights.
SMALL = {
    "model_type": "llama",
    "hidden_size": 8,
    "intermediate_size": 8,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "num_key_value_heads": 2,
    "vocab_size": 16,
}


def model(folder: Path, value: float = 1.0, **config: object) -> Path:
    """A folder of a model's shape; another value is another model."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(SMALL | config))
    (folder / "tokenizer.json").write_text("{}")
    save_file({"weight": np.full((4, 4), value, dtype=np.float32)}, folder / "model.safetensors")
    return folder


def adapter(folder: Path, base: Path, value: float = 1.0) -> Path:
    """A folder of an adapter's shape."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(base), "r": 4}))
    save_file({"lora": np.full((2, 2), value, dtype=np.float32)}, folder / "adapter_model.safetensors")
    return folder


def unwatched(doing: str, done: int, total: int) -> None:
    """Draw nothing."""


def registered(shelf: Shelf, folder: Path, name: str = "hr") -> Version:
    """Keep the model as the next version of the name."""
    return shelf.register(model_folder(folder), Naming(name), Settings(home=shelf.folder.parent), unwatched)


def two_versions(folder: Path) -> tuple[Shelf, Version, Version]:
    """A shelf with hr/1 and hr/2."""
    shelf = Shelf(folder / "models")
    first, second = (registered(shelf, model(folder / f"m{value}", value)) for value in (1, 2))
    return shelf, first, second
