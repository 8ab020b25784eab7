"""A Llama directory on this machine: streamed, stoppable, counted as it is sent."""

import json
import shutil
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage
from tokenizers import Tokenizer

from app.llm.generation import Patience
from app.llm.local import LocalLlama, load_llama
from app.llm.model import LanguageModel, to_langchain
from app.llm.template import ChatTemplate
from app.prompted import PromptedAnswerer
from retrieval.errors import ModelUnavailable, Unusable
from retrieval.prompt import REFUSAL, messages
from tests.passages import passage

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
ASKED = messages("How does laptop repair work?", [LEAVE, LAPTOP], [])


class Watched:
    """Passes everything to a real model and remembers what it was sent and what it wrote."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.device = model.device
        self.sent: list[int] = []
        self.written = 0

    def generate(self, ids: Any, **options: Any) -> Any:
        self.sent = ids[0].tolist()
        said = self._model.generate(ids, **options)
        self.written = said.shape[1] - len(self.sent)
        return said


class Breaks:
    """Fails in `generate`, after giving so many pieces to the streamer."""

    device = "cpu"

    def __init__(self, *ids: int) -> None:
        self._ids = ids

    def generate(self, ids: Any, *, streamer: Any, **_: Any) -> None:
        import torch

        streamer.put(ids[0])
        for token in self._ids:
            streamer.put(torch.tensor([token]))
        raise RuntimeError("CUDA out of memory")


@pytest.fixture(scope="module", params=["tiny", "narrow"])
def llama(request: pytest.FixtureRequest, llama_dir: Path, narrow_llama_dir: Path) -> LanguageModel:
    return load_llama(llama_dir if request.param == "tiny" else narrow_llama_dir, "cpu", 0, 40)


@pytest.fixture(scope="module")
def tiny(llama_dir: Path) -> LanguageModel:
    return load_llama(llama_dir, "cpu", 0, 40)


def chat_with(model: Any, llama: LanguageModel, answer_tokens: int = 40) -> LocalLlama:
    assert isinstance(llama.counter, ChatTemplate)
    return LocalLlama(model=model, template=llama.counter, answer_tokens=answer_tokens)


def text_of(chunks: Iterator[Any]) -> str:
    return "".join(str(chunk.text) for chunk in chunks)


def endless(llama: LanguageModel) -> Watched:
    """The model with nothing that ends its answer but the limit."""
    assert isinstance(llama.chat, LocalLlama)
    settings = llama.chat.model.generation_config
    settings.suppress_tokens, settings.eos_token_id = [settings.eos_token_id], None  # or it says nothing but ends
    return Watched(llama.chat.model)


def test_an_answer_comes_in_several_pieces(llama: LanguageModel) -> None:
    pieces = [str(chunk.text) for chunk in llama.chat.stream(to_langchain(ASKED))]
    assert len([piece for piece in pieces if piece]) > 3


def test_the_streamed_answer_is_the_whole_answer(llama: LanguageModel) -> None:
    streamed = text_of(llama.chat.stream(to_langchain(ASKED)))
    assert streamed == str(llama.chat.invoke(to_langchain(ASKED)).text) != ""


def test_what_is_counted_is_what_the_model_is_sent(llama: LanguageModel) -> None:
    assert isinstance(llama.chat, LocalLlama)
    watched = Watched(llama.chat.model)
    text_of(chat_with(watched, llama).stream(to_langchain(ASKED)))
    assert len(watched.sent) == llama.counter.count(ASKED)


def test_what_the_model_is_sent_is_its_template_in_its_tokens(tiny: LanguageModel, llama_dir: Path) -> None:
    assert isinstance(tiny.chat, LocalLlama)
    watched = Watched(tiny.chat.model)
    text_of(chat_with(watched, tiny).stream([HumanMessage("How?"), HumanMessage("Why?")]))
    independent = Tokenizer.from_file(str(llama_dir / "tokenizer.json"))
    rendered = "<|begin|><|start|>user<|text|>How?<|end|><|start|>user<|text|>Why?<|end|><|start|>assistant<|text|>"
    assert watched.sent == independent.encode(rendered, add_special_tokens=False).ids


def test_closing_the_stream_stops_the_model(llama_dir: Path) -> None:
    llama = load_llama(llama_dir, "cpu", 0, 40)
    watched = endless(llama)
    stream = chat_with(watched, llama, answer_tokens=1500).stream(to_langchain(ASKED))
    first = next(stream), next(stream)
    assert isinstance(stream, Iterator)
    stream.close()  # type: ignore[attr-defined]
    assert len(first) == 2
    assert watched.written < 300
    assert not any(type(thread).__name__ == "_Generation" for thread in threading.enumerate())


def test_an_answer_never_leaves_the_window(narrow_llama_dir: Path) -> None:
    llama = load_llama(narrow_llama_dir, "cpu", 96, 40)
    watched = endless(llama)
    long = [HumanMessage("leave " * 20)]
    text_of(chat_with(watched, llama, answer_tokens=5000).stream(long))
    assert len(watched.sent) + watched.written == 96


def test_an_answer_is_no_longer_than_what_was_reserved(llama_dir: Path) -> None:
    llama = load_llama(llama_dir, "cpu", 0, 40)
    watched = endless(llama)
    text_of(chat_with(watched, llama, answer_tokens=7).stream(to_langchain(ASKED)))
    assert watched.written == 7


def test_a_stop_string_ends_the_answer_before_it(tiny: LanguageModel) -> None:
    conversation: Sequence[BaseMessage] = to_langchain(ASKED)
    whole = text_of(tiny.chat.stream(list(conversation)))
    mark = whole[len(whole) // 2 :][:3]
    assert text_of(tiny.chat.stream(list(conversation), stop=["never said", mark])) == whole[: whole.index(mark)]


@pytest.mark.parametrize("said", [(), (40, 41, 42)], ids=["at once", "in mid-stream"])
def test_a_failing_model_ends_the_stream_with_one_error(tiny: LanguageModel, said: tuple[int, ...]) -> None:
    with pytest.raises(ModelUnavailable, match="The language model ran out of memory while answering"):
        text_of(chat_with(Breaks(*said), tiny).stream(to_langchain(ASKED)))


def test_after_a_failure_the_next_question_is_answered(tiny: LanguageModel) -> None:
    chat = chat_with(Breaks(), tiny)
    with pytest.raises(ModelUnavailable):
        text_of(chat.stream(to_langchain(ASKED)))
    assert isinstance(tiny.chat, LocalLlama)
    chat.model = tiny.chat.model
    assert text_of(chat.stream(to_langchain(ASKED)))


def test_two_questions_at_once_get_the_answers_they_get_alone(tiny: LanguageModel) -> None:
    others = messages("How does parental leave work?", [LEAVE, LAPTOP], [])
    alone = [text_of(tiny.chat.stream(to_langchain(one))) for one in (ASKED, others)]
    together: dict[int, str] = {}

    def answer(place: int, asked: list[Any]) -> None:
        together[place] = text_of(tiny.chat.stream(to_langchain(asked)))

    threads = [threading.Thread(target=answer, args=(place, one)) for place, one in enumerate((ASKED, others))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[0], together[1]] == alone


def test_a_reader_who_stands_still_does_not_keep_the_model_from_others(tiny: LanguageModel) -> None:
    still = tiny.chat.stream(to_langchain(ASKED))
    next(still)
    assert text_of(tiny.chat.stream(to_langchain(ASKED)))
    still.close()  # type: ignore[attr-defined]


def test_a_question_that_waits_too_long_for_the_model_is_told_to_try_again(
    tiny: LanguageModel,
) -> None:
    assert isinstance(tiny.chat, LocalLlama)
    hasty = chat_with(tiny.chat.model, tiny)
    hasty.patience = Patience(first=0.2)  # seconds; nobody wants to wait a minute here
    answering = PromptedAnswerer(replace(tiny, chat=hasty), 40).begin("How?", "How?", [LEAVE, LAPTOP], [])
    with hasty._slot.turn, pytest.raises(ModelUnavailable, match="takes too long. Please try again"):
        next(answering.pieces)  # somebody else's long answer has the model
    assert not any(type(thread).__name__ == "_Generation" for thread in threading.enumerate())


def test_the_window_is_the_models_own_or_a_smaller_one(llama_dir: Path) -> None:
    assert load_llama(llama_dir, "cpu", 0, 40).counter.window == 2048
    assert load_llama(llama_dir, "cpu", 700, 40).counter.window == 700
    assert load_llama(llama_dir, "cpu", 9000, 40).counter.window == 2048


def without(folder: Path, copy: Path, *names: str) -> Path:
    shutil.copytree(folder, copy)
    for name in names:
        (copy / name).unlink()
    return copy


def test_a_folder_without_config_is_no_model(llama_dir: Path, tmp_path: Path) -> None:
    folder = without(llama_dir, tmp_path / "llama", "config.json")
    with pytest.raises(Unusable, match=r"llama is no model directory: config\.json was expected in it"):
        load_llama(folder, "cpu", 0, 40)


def test_a_folder_without_weights_is_told_so(llama_dir: Path, tmp_path: Path) -> None:
    folder = without(llama_dir, tmp_path / "llama", "model.safetensors")
    with pytest.raises(Unusable, match=r"llama has no weights: model\.safetensors was expected in it"):
        load_llama(folder, "cpu", 0, 40)


def test_a_folder_without_tokenizer_is_told_so(llama_dir: Path, tmp_path: Path) -> None:
    folder = without(llama_dir, tmp_path / "llama", "tokenizer.json", "tokenizer_config.json")
    with pytest.raises(Unusable, match=r"llama holds no tokenizer: tokenizer\.json was expected"):
        load_llama(folder, "cpu", 0, 40)


def test_damaged_weights_are_told_so(llama_dir: Path, tmp_path: Path) -> None:
    folder = without(llama_dir, tmp_path / "llama")
    (folder / "model.safetensors").write_bytes(b"these are no weights")
    with pytest.raises(Unusable, match="cannot be loaded"):
        load_llama(folder, "cpu", 0, 40)


def test_code_in_a_model_folder_is_not_run(llama_dir: Path, tmp_path: Path) -> None:
    folder = without(llama_dir, tmp_path / "llama")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.C", "AutoModelForCausalLM": "evil.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(Unusable):
        load_llama(folder, "cpu", 0, 40)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_model_that_is_held_to_its_sources_says_whole_sentences_of_them(llama_dir: Path, rows: int) -> None:
    llama = load_llama(llama_dir, "cpu", 0, 120)
    assert isinstance(llama.chat, LocalLlama)
    llama.chat.verbatim, llama.chat.lookup = True, 4
    sources = [
        passage(number, f"Shed {number} is painted green. The key of it hangs on hook {number + 4}.")
        for number in range(1, rows + 1)
    ]
    said = text_of(llama.chat.stream(to_langchain(messages("Where does the key hang?", sources, ()))))
    allowed = [
        f"{part} [{number}]"
        for number in range(1, rows + 1)
        for part in (f"Shed {number} is painted green.", f"The key of it hangs on hook {number + 4}.")
    ]
    for statement in allowed:
        said = said.replace(statement, "")
    for words in ("Also:", "Besides, it says:", REFUSAL):
        said = said.replace(words, "")
    assert said.strip() == ""


def test_a_prompt_without_sources_holds_nobody(llama_dir: Path) -> None:
    llama = load_llama(llama_dir, "cpu", 0, 20)
    assert isinstance(llama.chat, LocalLlama)
    free = text_of(llama.chat.stream([HumanMessage("How?")]))
    llama.chat.verbatim = True
    assert text_of(llama.chat.stream([HumanMessage("How?")])) == free
