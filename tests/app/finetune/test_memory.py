"""How much memory a training takes: computed by hand, and refused in a sentence before it starts."""

from pathlib import Path

import pytest

from app.finetune.memory import Estimate, Method, Shape, estimate, gigabytes, refuse_too_large, serving, shape_of
from retrieval.errors import Unusable

# The shape of an 8B Llama: 32 layers of 4096, 32 heads of 128 of which 8 have keys.
EIGHT = Shape(8_030_261_248, 4096, 14336, 32, 1024, 4096, 128_256)


def test_lora_beside_every_linear_layer_of_an_8b_llama() -> None:
    # q and o: 4096+4096 each; k and v: 4096+1024 each; three of the feed-forward: 4096+14336 each.
    assert EIGHT.lora_parameters(16) == 16 * (2 * 8192 + 2 * 5120 + 3 * 18432) * 32 == 41_943_040


def test_full_training_takes_16_bytes_a_parameter_serving_2() -> None:
    needs = estimate(EIGHT, Method.FULL, rank=16, tokens=2048)
    assert needs.weights + needs.trained == 16 * 8_030_261_248
    assert serving(EIGHT) == 2 * 8_030_261_248


def test_lora_takes_the_served_weights_and_little_more() -> None:
    needs = estimate(EIGHT, Method.LORA, rank=16, tokens=2048)
    assert (needs.weights, needs.trained) == (2 * 8_030_261_248, 16 * 41_943_040)


def test_activations_grow_with_the_tokens_of_a_row() -> None:
    states = 2 * 2048 * 4096 * 32
    one_layer = 34 * 2048 * (4096 + 7168)
    logits = 8 * 2048 * 128_256
    assert estimate(EIGHT, Method.LORA, rank=16, tokens=2048).activations == states + one_layer + logits


def test_qlora_takes_less_than_lora_and_lora_less_than_all_weights() -> None:
    totals = [
        estimate(EIGHT, method, rank=16, tokens=2048).total for method in (Method.QLORA, Method.LORA, Method.FULL)
    ]
    assert totals == sorted(totals)


def test_on_processors_the_weights_beside_lora_are_wider() -> None:
    here = estimate(EIGHT, Method.LORA, rank=16, tokens=2048, on_gpu=False)
    assert here.weights == 4 * 8_030_261_248


def test_what_does_not_fit_is_refused_with_the_numbers_and_what_would_help() -> None:
    needs = estimate(EIGHT, Method.FULL, rank=16, tokens=2048)
    told = r"training \(full\) needs about 13\d\.\d GB .* and 24\.0 GB are free on this machine\. Leave out --full"
    with pytest.raises(Unusable, match=told):
        refuse_too_large(needs, 24e9, "this machine", Method.FULL)


def test_what_just_fits_is_not_refused() -> None:
    needs = Estimate(1e9, 0, 0)
    refuse_too_large(needs, needs.total, "this machine", Method.LORA)
    with pytest.raises(Unusable, match="--qlora"):
        refuse_too_large(needs, needs.total - 1, "this machine", Method.LORA)


def test_small_sizes_are_told_in_megabytes() -> None:
    assert (gigabytes(4_200_000), gigabytes(16.06e9)) == ("4.2 MB", "16.1 GB")


def test_the_shape_is_read_without_loading_weights(llama_dir: Path) -> None:
    assert shape_of(llama_dir) == Shape(1_043_584, 128, 384, 4, 64, 128, 2000)


def test_a_config_that_describes_no_llama_is_refused(llama_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").symlink_to(llama_dir / "model.safetensors")
    (tmp_path / "config.json").write_text('{"model_type": "llama", "hidden_size": 8}')
    with pytest.raises(Unusable, match="describes no Llama: 'num_attention_heads' is missing or wrong"):
        shape_of(tmp_path)


def test_a_folder_without_a_model_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"no model directory: config\.json was expected"):
        shape_of(tmp_path)
