"""Writing versions for other programs."""

from pathlib import Path

import pytest

from app.llm.local import load_llama
from app.registry.export import export_version
from app.registry.shelf import Shelf
from retrieval.errors import Unusable
from tests.app.registry.versions import adapter, model, registered, two_versions


def names(files: list[Path]) -> list[str]:
    return [file.name for file in files]


def test_a_whole_model_comes_with_its_card(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    files = export_version(shelf, "hr/1", tmp_path / "out", "merged")
    assert names(files) == ["README.md", "config.json", "model.safetensors", "tokenizer.json"]
    assert (tmp_path / "out" / "README.md").read_text().startswith("---\nlicense:")


def test_an_adapter_comes_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")
    registered(shelf, adapter(tmp_path / "a", model(tmp_path / "base")))
    files = export_version(shelf, "hr/1", tmp_path / "out", "adapter")
    assert names(files) == ["README.md", "adapter_config.json", "adapter_model.safetensors"]


@pytest.mark.parametrize(
    ("form", "quantize", "expected"),
    [
        ("adapter", "", "hr/1 is a whole model, no adapter"),
        ("merged", "q8_0", "--quantize is for --form gguf only"),
        ("gguf", "q4_k_m", "Export f16, then run llama.cpp's own: llama-quantize hr-1.gguf OUT.gguf Q4_K_M"),
    ],
)
def test_what_does_not_exist_is_told_and_nothing_is_written(
    tmp_path: Path, form: str, quantize: str, expected: str
) -> None:
    shelf, _, _ = two_versions(tmp_path)
    with pytest.raises(Unusable, match=expected):
        export_version(shelf, "hr/1", tmp_path / "out", form, quantize)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.partial").exists()


def test_a_folder_with_something_in_it_is_not_touched(tmp_path: Path) -> None:
    shelf, _, _ = two_versions(tmp_path)
    with pytest.raises(Unusable, match="is not empty: a new or an empty folder was expected"):
        export_version(shelf, "hr/1", tmp_path / "m1", "merged")
    (tmp_path / "empty").mkdir()
    assert export_version(shelf, "hr/1", tmp_path / "empty", "merged")


def test_a_damaged_version_is_not_exported(tmp_path: Path) -> None:
    shelf, first, _ = two_versions(tmp_path)
    (shelf.place(first) / "model" / "config.json").unlink()
    with pytest.raises(Unusable, match="config.json is missing"):
        export_version(shelf, "hr/1", tmp_path / "out", "merged")


@pytest.mark.heavy
def test_an_adapter_that_does_not_fit_its_base_is_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "models")
    registered(shelf, adapter(tmp_path / "a", model(tmp_path / "base")))
    with pytest.raises(Unusable, match="The adapter adapter cannot be merged into"):
        export_version(shelf, "hr/1", tmp_path / "out", "merged")


@pytest.mark.heavy
@pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")  # of PEFT
def test_a_merged_adapter_says_what_base_and_adapter_say_together(tmp_path: Path, llama_dir: Path) -> None:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(7)
    base = AutoModelForCausalLM.from_pretrained(str(llama_dir), dtype=torch.float32)
    trained = get_peft_model(base, LoraConfig(r=4, target_modules=["q_proj", "v_proj"], init_lora_weights=False))
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        wanted = trained(ids).logits
    trained.save_pretrained(str(tmp_path / "adapter"))
    shelf = Shelf(tmp_path / "models")
    registered(shelf, tmp_path / "adapter")
    export_version(shelf, "hr/1", tmp_path / "out", "merged")
    merged = load_llama(tmp_path / "out", "cpu", 0, 16)
    _, model_of_it = shelf.checked("hr/1")
    served = load_llama(model_of_it.base, "cpu", 0, 16, adapter=model_of_it.adapter)
    with torch.no_grad():
        for one in (merged, served):
            assert torch.allclose(one.chat.model(ids).logits, wanted, atol=1e-4)  # type: ignore[attr-defined]


@pytest.mark.heavy
@pytest.mark.parametrize("quantize", ["", "q8_0"])
def test_gguf_is_one_file_with_its_card(tmp_path: Path, llama_dir: Path, quantize: str) -> None:
    shelf = Shelf(tmp_path / "models")
    registered(shelf, llama_dir)
    files = export_version(shelf, "hr/1", tmp_path / "out", "gguf", quantize)
    assert names(files) == ["README.md", "hr-1.gguf"]
    assert files[1].read_bytes()[:4] == b"GGUF"
