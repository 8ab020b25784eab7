"""Trying a language model out."""

from pathlib import Path

from app.llm.local import load_llama
from app.llm.trial import Trial, bandwidth, sample, speed, tried


def test_a_sample_answer_is_timed_and_counted(llama_dir: Path) -> None:
    found = tried(load_llama(llama_dir, "cpu", 0, 40))
    assert found.answer.startswith("A broken machine is replaced")
    assert 8 < found.tokens < 20
    assert 0 < found.first < found.whole


def test_speed_is_that_of_the_words_after_the_first() -> None:
    trial = Trial("27 days [1]", first=0.5, whole=2.5, tokens=11)
    assert (trial.tokens_per_second, trial.cites) == (5.0, True)
    assert not Trial("27 days [2]", 0.5, 2.5, 11).cites


def test_speed_is_the_median_of_some_rounds(llama_dir: Path) -> None:
    steps: list[tuple[int, int]] = []
    found = speed(load_llama(llama_dir, "cpu", 0, 12), lambda done, total: steps.append((done, total)))
    assert found.rounds == 5
    assert found.tokens_per_second > 1
    assert steps[-1] == (6, 6)


def test_memory_gives_some_gigabytes_a_second() -> None:
    assert 1e8 < bandwidth("cpu") < 1e13


def test_the_sample_has_three_sources() -> None:
    assert all(f"[{number}] " in sample()[1].text for number in (1, 2, 3))
