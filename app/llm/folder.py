"""What a model's folder holds, looked at before anything heavy is loaded. Only safetensors and JSON are taken."""

import hashlib
import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import Unusable

CONFIG, ADAPTER_CONFIG, ADAPTER_WEIGHTS, RUN = (
    "config.json",
    "adapter_config.json",
    "adapter_model.safetensors",
    "run.json",
)
_INDEX = "model.safetensors.index.json"
_ARCHITECTURE = "llama"
_LONGEST_HEADER = 100_000_000  # bytes, as the safetensors format has it
_SUFFIX_A, _SUFFIX_B = ".lora_A.weight", ".lora_B.weight"
_PREFIX = "base_model.model."
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I8": 1, "U8": 1, "F8_E4M3": 1, "F8_E5M2": 1}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor as a safetensors header tells of it."""

    dtype: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """How many numbers it holds."""
        count = 1
        for length in self.shape:
            count *= length
        return count


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A Llama that can be loaded: its config and what its headers tell of the weights."""

    path: Path
    config: dict[str, Any]
    tensors: dict[str, Tensor]

    @property
    def parameters(self) -> int:
        """Numbers in all weights; tied ones count once."""
        return sum(tensor.elements for tensor in self.tensors.values())

    @property
    def stored_bytes(self) -> int:
        """Bytes of the weights as they are stored."""
        return sum(tensor.elements * _BYTES.get(tensor.dtype, 4) for tensor in self.tensors.values())

    @property
    def bytes_per_token(self) -> int:
        """Bytes that a token takes in the model's memory of a conversation, at two bytes a number."""
        heads = int(self.config.get("num_attention_heads") or 1)
        of_head = int(self.config.get("head_dim") or int(self.config.get("hidden_size") or 0) // heads)
        kept = int(self.config.get("num_key_value_heads") or heads)
        return 2 * int(self.config.get("num_hidden_layers") or 0) * kept * of_head * 2


def look_into(folder: Path) -> ModelFolder:
    """The Llama in a folder as `save_pretrained` writes it.

    Raises:
        Unusable: it is no model's folder, no Llama's, or its weights are missing, cut short or in a format with code.
    """
    if not (folder / CONFIG).is_file():
        raise Unusable(f"{folder} is no model directory: config.json was expected in it")
    config = read_json(folder / CONFIG)
    kind = config.get("model_type")
    if kind != _ARCHITECTURE:
        raise Unusable(
            f"The model in {folder} is of the architecture {kind or 'that it does not name'!r}: {_ARCHITECTURE!r} was "
            "expected"
        )
    tensors: dict[str, Tensor] = {}
    for file in _weight_files(folder):
        tensors |= header(file)
    return ModelFolder(folder, config, tensors)


def refuse_other_base(adapter: Path, base: ModelFolder) -> None:
    """Refuse an adapter that does not fit a base: by what its training recorded, and by the shapes of its weights.

    Raises:
        Unusable: it is no LoRA adapter, or it was trained on another base.
    """
    config_file = adapter / ADAPTER_CONFIG
    if not config_file.is_file():
        raise Unusable(f"{adapter} is no adapter: adapter_config.json was expected in it")
    kind = str(read_json(config_file).get("peft_type", "")).upper()
    if kind != "LORA":
        raise Unusable(
            f"The adapter in {adapter} is of the kind {kind or 'that it does not name'!r}: LORA was expected"
        )
    if not (adapter / ADAPTER_WEIGHTS).is_file():
        raise Unusable(f"{adapter} has no weights: {ADAPTER_WEIGHTS} was expected in it")
    for name, tensor in header(adapter / ADAPTER_WEIGHTS).items():
        _refuse_misfit(name, tensor, base, adapter)
    recorded = str(read_json(adapter / RUN).get("base_digest", "")) if (adapter / RUN).is_file() else ""
    if recorded and recorded != model_digest(base.path):
        raise Unusable(
            f"The adapter in {adapter} was trained on another base than {base.path}: its record names a base with the "
            f"digest {recorded[:12]}. Set FRONTDESK_LLM to that base"
        )


def model_digest(folder: Path) -> str:
    """SHA-256 of the names and bytes of a model's weights, configs and tokenizer, as trainings record it."""
    return files_digest([*folder.glob("*.safetensors"), *folder.glob("*config.json"), *folder.glob("tokenizer*.json")])


def files_digest(files: Iterable[Path]) -> str:
    """SHA-256 of the names and bytes of these files together; their order does not count."""
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda one: one.name):
        with file.open("rb") as opened:
            whole.update(f"{file.name}\0{hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return whole.hexdigest()


def header(file: Path) -> dict[str, Tensor]:
    """The tensors of a safetensors file, which must be whole.

    Raises:
        Unusable: it is no such file, or shorter or longer than its header says.
    """
    try:
        with file.open("rb") as opened:
            (length,) = struct.unpack("<Q", opened.read(8))
            stated = json.loads(opened.read(length)) if length < _LONGEST_HEADER else {}
        stated.pop("__metadata__", None)
        end = max(one["data_offsets"][1] for one in stated.values())
        found = {name: Tensor(str(one["dtype"]), tuple(one["shape"])) for name, one in stated.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, struct.error) as exc:
        raise Unusable(
            f"{file} cannot be loaded: it is no safetensors file, or it is damaged at its beginning"
        ) from exc
    came, whole = file.stat().st_size, 8 + length + end
    if came != whole:
        raise Unusable(f"{file} cannot be loaded: it has {came:,} bytes where {whole:,} were expected. Copy it again")
    return found


def read_json(file: Path) -> dict[str, Any]:
    """The object in a JSON file.

    Raises:
        Unusable: it is none.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as exc:
        raise Unusable(f"{file} cannot be read: a JSON object was expected in it") from exc
    if not isinstance(data, dict):
        raise Unusable(f"{file} cannot be read: a JSON object was expected in it")
    return data


def _weight_files(folder: Path) -> list[Path]:
    if (folder / _INDEX).is_file():
        named = read_json(folder / _INDEX).get("weight_map")
        names = sorted(set(named.values())) if isinstance(named, dict) else []
        missing = [name for name in names if not (folder / name).is_file()]
        if missing or not names:
            raise Unusable(f"{folder} lacks {', '.join(missing) or 'weights'}, which its {_INDEX} names. Copy it again")
        return [folder / name for name in names]
    files = sorted(folder.glob("*.safetensors"))
    if files:
        return files
    pickled = sorted(file.name for file in folder.glob("*.bin"))
    also = f"; {', '.join(pickled)} can run code and is not read: save the model with safetensors" if pickled else ""
    raise Unusable(f"{folder} has no weights: model.safetensors was expected in it{also}")


def _refuse_misfit(name: str, tensor: Tensor, base: ModelFolder, adapter: Path) -> None:
    """A LoRA has two matrices for a weight: A takes what the weight takes, B gives what it gives."""
    if not name.endswith((_SUFFIX_A, _SUFFIX_B)):
        return
    place = 1 if name.endswith(_SUFFIX_A) else 0
    weight = name.removeprefix(_PREFIX)[: -len(_SUFFIX_A) if place else -len(_SUFFIX_B)] + ".weight"
    ours = base.tensors.get(weight)
    if ours is None or len(tensor.shape) != 2 or ours.shape[place] != tensor.shape[place]:
        has = f"{ours.shape[place]:,}" if ours else "missing"
        raise Unusable(
            f"The adapter in {adapter} is for another base than {base.path}: it changes {weight}, which would be "
            f"{tensor.shape[place]:,} wide there and is {has} here"
        )
