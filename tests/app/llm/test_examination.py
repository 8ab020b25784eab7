"""What the check and the bench say of the configured model."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.llm.examination import Line, bench, check
from app.settings import Settings
from retrieval.errors import Unusable


def settings_for(home: Home, **changed: object) -> Settings:
    return home.settings.model_copy(update={"device": "cpu", **changed})


def by_name(lines: list[Line]) -> dict[str, Line]:
    return {line.name: line for line in lines}


def test_a_sound_model_is_told_with_its_size_template_and_a_sample(home: Home, llama_dir: Path) -> None:
    lines = by_name(list(check(settings_for(home, llm=str(llama_dir), answer_tokens=40))))
    assert all(line.ok for line in lines.values())
    assert lines["runner"].found.startswith("transformers")
    assert "1.0 million parameters on cpu" in lines["weights"].found
    assert lines["chat template"].found == "its own"
    assert lines["window"].found == "2048 tokens, 40 of them kept for the answer"
    assert lines["sample answer"].found.startswith("A broken machine is replaced")


def test_what_is_wrong_ends_the_check_with_its_sentence(home: Home, tmp_path: Path) -> None:
    *_, last = check(settings_for(home, llm=str(tmp_path)))
    assert (last.ok, last.name) == (False, "model")
    assert "config.json was expected in it" in last.found


def test_a_window_smaller_than_our_instructions_is_told(home: Home, llama_dir: Path) -> None:
    *_, last = check(settings_for(home, llm=str(llama_dir), llm_window=100))
    assert not last.ok
    assert "window of 100 tokens is too small: Frontdesk's instructions alone take" in last.found


def test_without_a_model_the_check_says_so_and_the_bench_refuses(make_home: Callable[..., Home]) -> None:
    settings = make_home().settings
    (line,) = check(settings)
    assert line.ok
    assert line.found.startswith("No language model is set")
    with pytest.raises(Unusable, match="No language model is set"):
        list(bench(settings, lambda *_: None))


@pytest.mark.heavy
def test_the_bench_measures_beside_what_the_memory_allows(home: Home, llama_dir: Path) -> None:
    found = by_name(list(bench(settings_for(home, llm=str(llama_dir), answer_tokens=16), lambda *_: None)))
    assert list(found) == [
        "loaded in", "memory taken", "first word after", "tokens a second", "memory gives", "at most", "guessing ahead",
    ]  # fmt: skip
    assert "times as fast on a cited answer" in found["guessing ahead"].found
