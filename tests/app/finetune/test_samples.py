"""What of a conversation is learned, token by token, and how samples become batches."""

from pathlib import Path
from random import Random

import pytest

from app.finetune.samples import ANSWERS, NOT_LEARNED, SPOKEN, Sample, batches, padded, talk_sample, text_samples
from app.llm.template import load_tokenizer
from retrieval.prompt import Message

TALK = [
    Message("system", "Be brief."),
    Message("user", "How many?"),
    Message("assistant", "27 days. [1]"),
    Message("user", "And why?"),
    Message("assistant", "So. [2]"),
]


def learned(folder: Path, sample: Sample) -> str:
    kept = [token for token in sample.labels if token != NOT_LEARNED]
    return str(load_tokenizer(folder).decode(kept))


def test_only_what_the_assistant_says_is_learned_with_what_ends_it(llama_dir: Path) -> None:
    sample = talk_sample(load_tokenizer(llama_dir), TALK)
    assert learned(llama_dir, sample) == "27 days. [1]<|end|>So. [2]<|end|>"
    assert len(sample.tokens) == len(sample.labels)


def test_the_same_with_a_template_that_marks_no_roles(narrow_llama_dir: Path) -> None:
    assert (
        learned(narrow_llama_dir, talk_sample(load_tokenizer(narrow_llama_dir), TALK)) == "27 days. [1]</s> So. [2]</s>"
    )


def test_what_is_spoken_can_be_learned_without_the_systems_sentences(llama_dir: Path) -> None:
    said = learned(llama_dir, talk_sample(load_tokenizer(llama_dir), TALK, SPOKEN))
    assert "How many?" in said
    assert "And why?" in said
    assert "Be brief." not in said


def test_prompts_can_be_learned_without_any_answer(llama_dir: Path) -> None:
    said = learned(llama_dir, talk_sample(load_tokenizer(llama_dir), TALK, SPOKEN - ANSWERS))
    assert "How many?" in said
    assert "27 days" not in said


def test_a_label_is_its_own_token(llama_dir: Path) -> None:
    sample = talk_sample(load_tokenizer(llama_dir), TALK)
    assert all(label in (token, NOT_LEARNED) for token, label in zip(sample.tokens, sample.labels, strict=True))


def test_plain_texts_are_cut_into_windows_and_learned_whole(llama_dir: Path) -> None:
    found = list(text_samples(load_tokenizer(llama_dir), ["Leave. " * 10, "Pay."], 8))
    assert {len(one.tokens) for one in found[:-1]} == {8}
    assert "".join(learned(llama_dir, one) for one in found) == "Leave. " * 10 + "<|end|>Pay.<|end|>"


def of_length(length: int) -> Sample:
    return Sample((1,) * length, (1,) * length)


def test_a_batch_holds_samples_of_like_length_and_every_sample_is_in_one() -> None:
    samples = [of_length(1 + (7 * place) % 32) for place in range(32)]
    found = batches(samples, 4, Random(1))
    assert sorted(len(one.tokens) for group in found for one in group) == list(range(1, 33))
    assert all(max(map(size, group)) - min(map(size, group)) == 3 for group in found)


def size(sample: Sample) -> int:
    return len(sample.tokens)


def test_what_comes_early_is_learned_early() -> None:
    easy, hard = [of_length(2)] * 64, [of_length(9)] * 64
    found = batches(easy + hard, 4, Random(1))
    assert [size(group[0]) for group in found] == [2] * 16 + [9] * 16


@pytest.mark.parametrize("filler", [0, NOT_LEARNED])
def test_rows_are_filled_on_the_right(filler: int) -> None:
    assert padded([(1, 2, 3), (4,)], filler).tolist() == [[1, 2, 3], [4, filler, filler]]
