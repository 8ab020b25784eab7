"""Writing a version in a form that other programs read: merged safetensors, the adapter alone, GGUF."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.registry.model_files import ADAPTER_CONFIG, CARD, MODEL_CONFIG, WEIGHTS, ModelPlace, taken
from app.registry.shelf import Shelf
from app.registry.version import Version
from retrieval.errors import Unusable

_INSTALL_PEFT = "Merging an adapter needs PEFT. Run: pip install 'frontdesk[finetune]'"
_NOT_COPIED = (CARD, MODEL_CONFIG, ADAPTER_CONFIG, "generation_config.json")  # written by the merging, or not wanted


def export_version(shelf: Shelf, ref: str, to: Path, form: str, quantize: str = "") -> list[Path]:
    """Write the version, whose checksums are compared first; returns the files.

    Raises:
        Unusable: the folder holds something already, the form does not exist for this version, or a package is missing.
    """
    version, model = shelf.checked(ref)
    if quantize and form != "gguf":
        raise Unusable("--quantize is for --form gguf only")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise Unusable(f"{to} is not empty: a new or an empty folder was expected")
    beside = to.parent / f"{to.name}.partial"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        _write(version, model, beside, form, quantize)
        shutil.copyfile(shelf.place(version) / CARD, beside / CARD)
        if to.exists():
            to.rmdir()
        beside.rename(to)
    except OSError as exc:
        raise Unusable(f"{to} cannot be written: {exc.strerror or exc}") from exc
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return sorted(file for file in to.iterdir() if file.is_file())


@contextmanager
def merged(model: ModelPlace) -> Iterator[Path]:
    """A folder with the whole model: its own where there is no adapter, else one that is removed afterwards.

    Raises:
        Unusable: PEFT is missing, or the adapter does not fit its base.
    """
    if model.adapter is None:
        yield model.base
        return
    with tempfile.TemporaryDirectory() as folder:
        _merge(model.base, model.adapter, Path(folder))
        yield Path(folder)


def _write(version: Version, model: ModelPlace, to: Path, form: str, quantize: str) -> None:
    if form == "adapter":
        if model.adapter is None:
            raise Unusable(f"{version.ref} is a whole model, no adapter. Take --form merged")
        _copy(model.adapter, to)
        return
    with merged(model) as whole:
        if form == "merged":
            _copy(whole, to)
        else:
            _write_gguf(whole, to / f"{version.name}-{version.number}.gguf", quantize)


def _write_gguf(model: Path, file: Path, quantize: str) -> None:
    """Finer roundings need llama.cpp's own program: no package that is kept on PyPI makes them."""
    from app.llm.gguf import write_gguf

    kind = (quantize or "f16").upper()
    if kind not in ("F16", "Q8_0"):
        raise Unusable(
            f"GGUF is written with f16 or q8_0, not with {quantize!r}. Export f16, then run llama.cpp's own: "
            f"llama-quantize {file.name} OUT.gguf {kind}"
        )
    write_gguf(model, file, kind)


def _copy(folder: Path, to: Path) -> None:
    for file in taken(folder):
        if file.name != CARD:
            shutil.copyfile(file, to / file.name)


def _merge(base: Path, adapter: Path, to: Path) -> None:
    """Add what the adapter learned to the base's weights, in the precision that these are stored in."""
    try:
        from peft import PeftModel
    except ImportError as exc:
        raise Unusable(_INSTALL_PEFT) from exc
    from transformers import AutoModelForCausalLM

    try:
        whole = AutoModelForCausalLM.from_pretrained(
            str(base), local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype="auto"
        )
        joined = PeftModel.from_pretrained(whole, str(adapter), local_files_only=True)
        joined.merge_and_unload().save_pretrained(str(to), safe_serialization=True)
    except Exception as exc:  # the libraries below raise classes of their own for what does not fit
        raise Unusable(f"The adapter {adapter.name} cannot be merged into {base}: {exc}") from exc
    for folder in (base, adapter):  # the adapter's tokenizer is the one it was trained with
        for file in taken(folder):
            is_weights = file.suffix == WEIGHTS or file.name.endswith(".index.json")
            if not is_weights and file.name not in _NOT_COPIED:
                shutil.copyfile(file, to / file.name)
