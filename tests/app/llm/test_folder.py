"""What a model's folder holds: each way to be unusable is one clear sentence, before anything heavy is loaded."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from app.llm.folder import files_digest, look_into, model_digest, refuse_other_base
from retrieval.errors import Unusable

TARGET = "base_model.model.model.layers.0.self_attn.q_proj"


@pytest.fixture
def copy(llama_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(llama_dir, tmp_path / "llama"))


def adapter(folder: Path, *, width: int = 128, kind: str = "LORA", base_digest: str = "") -> Path:
    """A LoRA adapter of a base that is so wide."""
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": kind}))
    weights = {f"{TARGET}.lora_A.weight": torch.zeros(4, width), f"{TARGET}.lora_B.weight": torch.zeros(width, 4)}
    save_file(weights, folder / "adapter_model.safetensors")
    if base_digest:
        (folder / "run.json").write_text(json.dumps({"base_digest": base_digest}))
    return folder


def refused(copy: Path) -> str:
    with pytest.raises(Unusable) as caught:
        look_into(copy)
    assert "\n" not in caught.value.user_message
    return caught.value.user_message


def test_a_llama_is_known_by_its_headers(llama_dir: Path) -> None:
    found = look_into(llama_dir)
    assert found.config["hidden_size"] == 128
    assert found.stored_bytes == 4 * found.parameters
    assert found.bytes_per_token == 2 * 4 * 2 * 32 * 2  # keys and values, layers, heads that are kept, numbers, bytes
    assert (llama_dir / "model.safetensors").stat().st_size > found.stored_bytes


def test_another_architecture_is_named(copy: Path) -> None:
    (copy / "config.json").write_text(json.dumps({"model_type": "bert"}))
    assert "is of the architecture 'bert': 'llama' was expected" in refused(copy)


@pytest.mark.parametrize("text", ["{", "[1]"], ids=["no JSON", "no object"])
def test_a_broken_config_is_named(copy: Path, text: str) -> None:
    (copy / "config.json").write_text(text)
    assert "config.json cannot be read: a JSON object was expected in it" in refused(copy)


def test_weights_that_are_cut_short_are_told_with_both_sizes(copy: Path) -> None:
    weights = copy / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-1000])
    assert f"it has {len(whole) - 1000:,} bytes where {len(whole):,} were expected. Copy it again" in refused(copy)


def test_a_missing_part_of_the_weights_is_named(copy: Path) -> None:
    named = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(named))
    assert "lacks model-00002-of-00002.safetensors" in refused(copy)


def test_pickled_weights_are_never_read(copy: Path) -> None:
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    assert "pytorch_model.bin can run code and is not read: save the model with safetensors" in refused(copy)


def test_an_adapter_of_this_base_is_taken(llama_dir: Path, tmp_path: Path) -> None:
    refuse_other_base(adapter(tmp_path / "a", base_digest=model_digest(llama_dir)), look_into(llama_dir))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"width": 64}, "is for another base than .*q_proj.weight, which would be 64 wide there and is 128 here"),
        ({"base_digest": "ab" * 32}, "was trained on another base than .* the digest abababababab"),
        ({"kind": "IA3"}, "is of the kind 'IA3': LORA was expected"),
    ],
    ids=["another shape", "another digest", "no LoRA"],
)
def test_an_adapter_of_another_base_is_refused(
    llama_dir: Path, tmp_path: Path, wrong: dict[str, Any], told: str
) -> None:
    with pytest.raises(Unusable, match=told):
        refuse_other_base(adapter(tmp_path / "a", **wrong), look_into(llama_dir))


def test_a_folder_without_adapter_config_is_no_adapter(llama_dir: Path) -> None:
    with pytest.raises(Unusable, match=r"is no adapter: adapter_config\.json was expected in it"):
        refuse_other_base(llama_dir, look_into(llama_dir))


def test_looking_loads_no_torch(llama_dir: Path) -> None:
    script = "import sys; from pathlib import Path; from app.llm.folder import look_into; look_into(Path(sys.argv[1]))"
    script += "; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", script, str(llama_dir)], check=True, cwd=Path(__file__).parents[3])


def test_a_digest_is_of_names_and_bytes_in_any_order(tmp_path: Path) -> None:
    one, two = tmp_path / "a.json", tmp_path / "b.json"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    lines = "".join(
        f"{name}\0{hashlib.sha256(held).hexdigest()}\n" for name, held in (("a.json", b"1"), ("b.json", b"2"))
    )
    assert files_digest([one, two]) == files_digest([two, one]) == hashlib.sha256(lines.encode()).hexdigest()
