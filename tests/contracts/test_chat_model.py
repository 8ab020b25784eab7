"""The contract of every chat model: it streams, it stops, and its counter counts what it is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.llm.model import LanguageModel, to_langchain
from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.prompt import Message, messages
from retrieval.rewrite import Turn
from tests.contracts.runners import RUNNERS, running
from tests.passages import passage

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
ASKED = messages("How does laptop repair work?", [LEAVE, LAPTOP], [])
TALK = messages("And how long?", [LEAVE, LAPTOP], [Turn("Why?", "So. [1]"), Turn("When?", "Soon. [2]")])


@pytest.fixture(scope="module", params=RUNNERS)
def model(
    request: pytest.FixtureRequest, llama_dir: Path, narrow_llama_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LanguageModel]:
    with running(request.param, llama_dir, narrow_llama_dir, tmp_path_factory.mktemp("runner")) as model:
        yield model


def test_it_has_a_name(model: LanguageModel) -> None:
    assert model.name.strip()


def test_an_answer_is_streamed_in_pieces(model: LanguageModel) -> None:
    assert len([chunk for chunk in model.chat.stream(to_langchain(ASKED)) if str(chunk.text)]) > 3


def test_the_pieces_are_the_whole_answer(model: LanguageModel) -> None:
    streamed = "".join(str(chunk.text) for chunk in model.chat.stream(to_langchain(ASKED)))
    assert streamed.strip() == str(model.chat.invoke(to_langchain(ASKED)).text).strip() != ""


def test_a_closed_stream_does_not_block_the_next_question(model: LanguageModel) -> None:
    stream = model.chat.stream(to_langchain(ASKED))
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert str(model.chat.invoke(to_langchain(ASKED)).text)


def test_a_longer_conversation_counts_more(model: LanguageModel) -> None:
    assert 0 < model.counter.count(ASKED) < model.counter.count(TALK) < model.counter.window


def test_counts_are_those_of_the_served_tokenizer_and_template(
    model: LanguageModel, llama_dir: Path, narrow_llama_dir: Path
) -> None:
    folder = narrow_llama_dir if model.counter.window == 512 else llama_dir
    assert model.counter.count(TALK) == len(ChatTemplate(load_tokenizer(folder), 2048).token_ids(TALK))


def test_the_opening_of_the_answer_is_counted(model: LanguageModel) -> None:
    talk = [Message("user", "Why?")]
    assert model.counter.count(talk) < model.counter.count([*talk, Message("assistant", ""), Message("user", "")])
