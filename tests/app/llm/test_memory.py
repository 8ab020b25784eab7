"""How much memory a model takes, and the refusal when it is not there."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.llm.folder import Tensor, look_into
from app.llm.memory import Memory, free, gigabytes, needed, refuse_too_little, resident
from retrieval.errors import Unusable


def test_a_model_takes_its_weights_and_each_conversation(llama_dir: Path) -> None:
    found = look_into(llama_dir)
    memory = needed(found, window=1000, at_once=3, quantization="", device="cpu")
    assert (memory.weights, memory.conversation) == (found.stored_bytes, 3 * 1000 * 1024)
    assert memory.suffices


def test_rounded_weights_take_less(llama_dir: Path) -> None:
    found = look_into(llama_dir)
    rounded = [needed(found, 1000, 1, how, "cpu").weights / found.parameters for how in ("8bit", "4bit")]
    assert rounded == pytest.approx([1.1, 0.6], rel=0.01)


def test_a_model_that_cannot_fit_is_refused_before_it_is_loaded(llama_dir: Path) -> None:
    huge = replace(look_into(llama_dir), tensors={"w": Tensor("BF16", (1_000_000, 1_000_000))})
    with pytest.raises(Unusable, match=r"takes about 2000\.3 GB and .* are free. Set FRONTDESK_LLM_QUANTIZATION"):
        refuse_too_little(huge, needed(huge, 1, 1, "", "cpu"))


def test_a_system_that_does_not_say_is_believed_to_have_enough(llama_dir: Path) -> None:
    refuse_too_little(look_into(llama_dir), Memory(10**15, 0, 0))
    assert Memory(10**15, 0, 0).suffices


def test_memory_is_read_from_the_system() -> None:
    assert free("cpu") > resident() > 10_000_000
    assert (gigabytes(16_100_000_000), gigabytes(2_400_000)) == ("16.1 GB", "2.4 MB")
