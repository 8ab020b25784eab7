"""Weights into memory: precision, rounding, adapters; a missing package says what to install."""

import warnings
from pathlib import Path

import pytest
import torch

from app.llm import weights
from app.llm.folder import look_into
from app.llm.local import load_llama
from app.llm.model import LanguageModel, to_langchain
from retrieval.errors import Unusable
from retrieval.prompt import messages
from tests.passages import passage

ASKED = messages("How does laptop repair work?", [passage(1, "A broken machine is replaced.", title="Laptop")], [])


def said(model: LanguageModel) -> str:
    return str(model.chat.invoke(to_langchain(ASKED)).text)


def test_an_unknown_rounding_names_the_known_ones(llama_dir: Path) -> None:
    with pytest.raises(Unusable, match="quantization is '2bit': 8bit, 4bit or nothing was expected"):
        weights.loaded(look_into(llama_dir), "cpu", quantization="2bit")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "find_spec", lambda _: None)
    with pytest.raises(Unusable, match=r"bitsandbytes is missing.*pip install 'frontdesk\[quantized\]'"):
        weights.require("bitsandbytes", "serving a model in 4bit")


def test_weights_keep_the_precision_in_which_they_are_stored(llama_dir: Path, tmp_path: Path) -> None:
    model = weights.loaded(look_into(llama_dir), "cpu")
    assert model.dtype == torch.float32
    model.to(torch.float16).save_pretrained(tmp_path)
    assert weights.loaded(look_into(tmp_path), "cpu").dtype == torch.bfloat16  # a CPU is slow at float16


@pytest.fixture(scope="module")
def adapter_dir(llama_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LoRA adapter that turns the answers into something else."""
    from peft import LoraConfig, get_peft_model

    base = weights.loaded(look_into(llama_dir), "cpu")
    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("adapters") / "our-adapter"
    with warnings.catch_warnings():  # PEFT uses a name that transformers gives up
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
        adapted.save_pretrained(str(folder))
    return folder


@pytest.mark.heavy
def test_an_adapter_changes_the_answers_and_gives_the_name(llama_dir: Path, adapter_dir: Path) -> None:
    adapted = load_llama(llama_dir, "cpu", 0, 20, adapter=adapter_dir)
    assert adapted.name == "our-adapter"
    assert said(adapted) != said(load_llama(llama_dir, "cpu", 0, 20))


@pytest.mark.heavy
@pytest.mark.parametrize("quantization", ["8bit", "4bit"])
def test_rounded_weights_still_answer(llama_dir: Path, quantization: str) -> None:
    pytest.importorskip("bitsandbytes")
    model = load_llama(llama_dir, "cpu", 0, 20, quantization=quantization)
    whole = load_llama(llama_dir, "cpu", 0, 20)
    assert said(model).startswith("A broken machine is replaced")
    assert model.chat.model.get_memory_footprint() < 0.9 * whole.chat.model.get_memory_footprint()  # type: ignore[attr-defined]
