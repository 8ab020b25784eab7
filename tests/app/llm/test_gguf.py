"""A Llama as one GGUF file: weights and tokens arrive as they were."""

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from gguf import GGUFReader
from gguf.quants import dequantize
from safetensors.numpy import load_file

from app.llm.gguf import _llama_3_factors, write_gguf
from retrieval.errors import Unusable


def tensors(file: Path) -> dict[str, np.ndarray]:
    return {one.name: dequantize(one.data, one.tensor_type) for one in GGUFReader(file).tensors}


@pytest.mark.parametrize(("kind", "close"), [("F16", 1e-3), ("Q8_0", 5e-3)])
def test_weights_arrive_as_they_were(llama_dir: Path, tmp_path: Path, kind: str, close: float) -> None:
    ours, theirs = load_file(llama_dir / "model.safetensors"), tensors(write_gguf(llama_dir, tmp_path / "m.gguf", kind))
    assert len(theirs) == len(ours)
    down = ours["model.layers.1.mlp.down_proj.weight"]
    assert np.abs(theirs["blk.1.ffn_down.weight"] - down).max() < close * np.abs(down).max() * 4
    assert np.array_equal(theirs["output_norm.weight"], ours["model.norm.weight"])


def test_pairs_that_turn_together_stand_side_by_side(llama_dir: Path, tmp_path: Path) -> None:
    ours = load_file(llama_dir / "model.safetensors")["model.layers.0.self_attn.k_proj.weight"]
    theirs = tensors(write_gguf(llama_dir, tmp_path / "m.gguf"))["blk.0.attn_k.weight"]
    # Heads of 32 rows: rows 0 and 16 of the first turn together, then 1 and 17; the second head begins at 32.
    assert np.allclose(theirs[[0, 1, 2, 3, 32, 33]], ours[[0, 16, 1, 17, 32, 48]], atol=2e-3)


def test_the_file_tells_of_the_model_and_its_words(llama_dir: Path, tmp_path: Path) -> None:
    fields = GGUFReader(write_gguf(llama_dir, tmp_path / "m.gguf")).fields
    config = json.loads((llama_dir / "config.json").read_text())
    told = {name: fields[name].contents() for name in fields}
    assert told["llama.context_length"] == config["max_position_embeddings"]
    assert (told["llama.attention.head_count"], told["llama.attention.head_count_kv"]) == (4, 2)
    assert (told["tokenizer.ggml.model"], told["tokenizer.ggml.pre"]) == ("gpt2", "gpt-2")
    assert told["tokenizer.ggml.tokens"][4] == "<|end|>"
    assert (told["tokenizer.ggml.token_type"][4], told["tokenizer.ggml.token_type"][9]) == (3, 1)
    assert told["tokenizer.chat_template"] == (llama_dir / "chat_template.jinja").read_text()


def test_a_tokenizer_in_the_manner_of_sentencepiece_keeps_its_bytes(narrow_llama_dir: Path, tmp_path: Path) -> None:
    fields = GGUFReader(write_gguf(narrow_llama_dir, tmp_path / "m.gguf")).fields
    tokens, kinds = (fields[f"tokenizer.ggml.{name}"].contents() for name in ("tokens", "token_type"))
    assert fields["tokenizer.ggml.model"].contents() == "llama"
    assert kinds[tokens.index("<0x0A>")] == 6
    assert kinds[tokens.index("<unk>")] == 2


def test_long_windows_of_llama_3_turn_slow_pairs_slower() -> None:
    rope = {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192}
    factors = _llama_3_factors(rope, 500_000.0, 128)
    assert factors.shape == (64,)
    assert (factors[0], factors[-1]) == (1.0, 8.0)
    assert all(before <= after for before, after in itertools.pairwise(factors))


def test_an_unknown_kind_names_the_known_ones(llama_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="written as F16 or Q8_0, not as 'Q2'"):
        write_gguf(llama_dir, tmp_path / "m.gguf", "Q2")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [("rope_parameters", {"rope_type": "yarn"}, "positions of the kind 'yarn'")],
)
def test_what_the_format_cannot_say_is_refused(
    llama_dir: Path, tmp_path: Path, field: str, value: object, told: str
) -> None:
    folder = Path(shutil.copytree(llama_dir, tmp_path / "llama"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {field: value}))
    with pytest.raises(Unusable, match=told):
        write_gguf(folder, tmp_path / "m.gguf")
    assert not (tmp_path / "m.gguf").exists()
