"""Weights into memory: in which precision, rounded to how many bits, with which adapter. A model's code is not run."""

import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.llm.folder import ModelFolder
from retrieval.errors import Unusable

KNOWN = ("", "8bit", "4bit")
_INSTALL = {
    "bitsandbytes": "frontdesk[quantized]",
    "accelerate": "frontdesk[quantized]",
    "peft": "frontdesk[finetune]",
    "gguf": "frontdesk[gguf]",
    "llama_cpp": "frontdesk[llamacpp]",
}


def place_for(device: str) -> str:
    """`cuda` where there is a GPU and it is wanted, else `cpu`."""
    import torch

    return "cuda" if device != "cpu" and torch.cuda.is_available() else "cpu"


def loaded(folder: ModelFolder, place: str, *, adapter: Path | None = None, quantization: str = "") -> Any:
    """The model, ready to generate.

    Raises:
        Unusable: an unknown quantization, a missing package, weights that are damaged or fit no Llama.
    """
    from transformers import AutoModelForCausalLM

    options = _quantized(quantization, place)
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            str(folder.path),
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=_precision(folder, place),
            **options,
        )
        if place == "cuda" and not options:
            model.to("cuda")
        if adapter:
            model = _adapted(model, adapter)
    except Unusable:
        raise
    except Exception as exc:  # the libraries below raise classes of their own for damaged weights
        raise Unusable(f"The model in {adapter or folder.path} cannot be loaded: {exc}") from exc
    model.eval()
    return model


def _precision(folder: ModelFolder, place: str) -> Any:
    """As it is stored, two bytes a number for most. A CPU is slow at float16, an old GPU at bfloat16."""
    import torch

    stored = {tensor.dtype for tensor in folder.tensors.values()}
    if "F32" in stored:
        return torch.bfloat16 if place == "cuda" else torch.float32
    if place == "cuda" and not torch.cuda.is_bf16_supported():
        return torch.float16
    return torch.bfloat16 if place == "cpu" else "auto"


def _quantized(quantization: str, place: str) -> dict[str, Any]:
    if quantization not in KNOWN:
        raise Unusable(f"The quantization is {quantization!r}: {', '.join(KNOWN[1:])} or nothing was expected")
    if not quantization:
        return {}
    for package in ("bitsandbytes", "accelerate"):
        require(package, f"serving a model in {quantization}")
    import torch
    from transformers import BitsAndBytesConfig

    four = {
        "load_in_4bit": True,
        "bnb_4bit_quant_type": "nf4",
        "bnb_4bit_compute_dtype": torch.bfloat16 if place == "cuda" else torch.float32,
    }
    config = BitsAndBytesConfig(**(four if quantization == "4bit" else {"load_in_8bit": True}))
    return {"quantization_config": config, "device_map": {"": place}}


def _adapted(model: Any, adapter: Path) -> Any:
    require("peft", "serving an adapter")
    from peft import PeftModel

    with warnings.catch_warnings():  # PEFT 0.21 uses a name that transformers gives up
        warnings.simplefilter("ignore", FutureWarning)
        adapted = PeftModel.from_pretrained(model, str(adapter), is_trainable=False, local_files_only=True)
    # Merged into the weights an adapter costs no time; rounded weights would lose by it.
    return adapted if getattr(model, "quantization_method", None) else adapted.merge_and_unload()


def require(package: str, purpose: str) -> None:
    """Raise Unusable that says what to install, where a package is missing."""
    if find_spec(package) is None:
        raise Unusable(
            f"The package {package} is missing, which is needed for {purpose}: pip install '{_INSTALL[package]}'"
        )
