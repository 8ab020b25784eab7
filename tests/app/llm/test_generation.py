"""One answer at a time: what was read before is not read again, words are guessed ahead, dice are repeatable."""

from pathlib import Path
from typing import Any

import pytest
import torch

from app.llm.generation import Request, Runner, failed, until
from app.llm.local import LocalLlama, load_llama
from app.llm.model import LanguageModel, to_langchain
from retrieval.prompt import messages
from tests.passages import passage

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
ASKED = messages("How does laptop repair work?", [LEAVE, LAPTOP], [])
OTHER = messages("How does parental leave work?", [LEAVE, LAPTOP], [])


@pytest.fixture(scope="module")
def tiny(llama_dir: Path) -> LanguageModel:
    return load_llama(llama_dir, "cpu", 0, 40)


class Counting:
    """Counts the tokens that a model really reads."""

    def __init__(self, model: Any) -> None:
        self.read: list[int] = []
        self._handle = model.register_forward_pre_hook(self._note, with_kwargs=True)

    def _note(self, _model: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        self.read.append(int(kwargs["input_ids"].shape[1]))

    def stop(self) -> list[int]:
        self._handle.remove()
        return self.read


def chat_of(tiny: LanguageModel, **changed: Any) -> LocalLlama:
    assert isinstance(tiny.chat, LocalLlama)
    return LocalLlama(model=tiny.chat.model, template=tiny.chat.template, answer_tokens=40, **changed)


def text_of(chat: LocalLlama, asked: Any, **how: Any) -> str:
    return "".join(str(chunk.text) for chunk in chat.stream(to_langchain(asked), **how))


def test_a_prompt_that_begins_as_the_last_one_is_read_from_where_they_part(tiny: LanguageModel) -> None:
    alone = [text_of(chat_of(tiny), asked) for asked in (ASKED, OTHER)]
    chat = chat_of(tiny)
    counting = Counting(chat.model)
    together = [text_of(chat, asked) for asked in (ASKED, OTHER)]
    read = counting.stop()
    assert together == alone
    whole, rest = (count for count in read if count > 1)
    assert whole == tiny.counter.count(ASKED)
    assert 1 < rest < whole / 5


def test_the_same_prompt_twice_is_answered_the_same(tiny: LanguageModel) -> None:
    chat = chat_of(tiny)
    assert text_of(chat, ASKED) == text_of(chat, ASKED) != ""


def test_guessing_ahead_changes_no_word_and_saves_steps(tiny: LanguageModel) -> None:
    plain, ahead = chat_of(tiny), chat_of(tiny, lookup=8)
    steps = []
    said = []
    for chat in (plain, ahead):
        counting = Counting(chat.model)
        said.append(text_of(chat, ASKED))
        steps.append(len(counting.stop()))
    assert said[0] == said[1]
    assert steps[1] < 0.8 * steps[0]


def test_the_same_seed_throws_the_same_dice(tiny: LanguageModel) -> None:
    chat = chat_of(tiny)
    one, same, other = (text_of(chat, ASKED, temperature=3.0, seed=seed) for seed in (1, 1, 2))
    assert one == same != other


def test_an_answer_that_was_stopped_leaves_a_sound_memory(tiny: LanguageModel) -> None:
    alone, chat = text_of(chat_of(tiny), OTHER), chat_of(tiny)
    stream = chat.stream(to_langchain(ASKED))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert text_of(chat, OTHER) == alone


def test_out_of_memory_is_told_as_such() -> None:
    assert "ran out of memory while answering" in str(failed(torch.OutOfMemoryError("CUDA out of memory")))
    assert "failed while answering" in str(failed(ValueError("shapes")))


def test_text_ends_before_the_first_stop_string() -> None:
    assert "".join(until(["You ha", "ve 27 da", "ys. En", "d. More"], ["End.", "never"])) == "You have 27 days. "
    assert list(until(["a", "b"], [])) == ["a", "b"]


def test_closing_frees_the_slot(tiny: LanguageModel) -> None:
    chat = chat_of(tiny)
    runner = Runner(chat.model, chat.template.tokenizer, chat._slot, chat.patience)
    pieces = runner.stream(Request(tuple(chat.template.token_ids(ASKED)), 500))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert chat._slot.turn.acquire(blocking=False)
