"""Several answers at once: each is the one it is alone, and a reader who goes away leaves the batch."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.llm.batching import Batches, tokens_for
from app.llm.folder import look_into
from app.llm.generation import Patience, Request
from app.llm.local import LocalLlama, answer_together, load_llama
from app.llm.model import LanguageModel, to_langchain
from retrieval.errors import ModelTooSlow, ModelUnavailable
from retrieval.prompt import messages
from tests.passages import passage

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
QUESTIONS = ["How does laptop repair work?", "How does parental leave work?", "What happens after a birth?"]
ASKED = [to_langchain(messages(question, [LEAVE, LAPTOP], [])) for question in QUESTIONS]


@pytest.fixture(scope="module")
def together(llama_dir: Path) -> Iterator[LanguageModel]:
    model = load_llama(llama_dir, "cpu", 512, 40)
    answer_together(model, llama_dir, 3)
    yield model
    assert isinstance(model.chat, LocalLlama)
    assert isinstance(model.chat.batches, Batches)
    model.chat.batches.close()


def text_of(model: LanguageModel, place: int) -> str:
    return "".join(str(chunk.text) for chunk in model.chat.stream(ASKED[place]))


def test_questions_at_once_get_the_answers_they_get_alone(together: LanguageModel, llama_dir: Path) -> None:
    alone = load_llama(llama_dir, "cpu", 512, 40)
    found: dict[int, str] = {}
    threads = [threading.Thread(target=lambda at=at: found.update({at: text_of(together, at)})) for at in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[at] for at in range(3)] == [text_of(alone, at) for at in range(3)]


def test_an_answer_comes_in_pieces(together: LanguageModel) -> None:
    assert len([chunk for chunk in together.chat.stream(ASKED[0]) if str(chunk.text)]) > 3


def test_a_closed_stream_leaves_the_batch(together: LanguageModel) -> None:
    assert isinstance(together.chat, LocalLlama)
    batches = together.chat.batches
    assert batches
    stream = together.chat.stream(ASKED[0])
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    limit = time.monotonic() + 5
    while batches._manager.batch_processor.has_pending_requests() and time.monotonic() < limit:
        time.sleep(0.01)
    assert not batches._manager.batch_processor.has_pending_requests()
    assert batches._answers == {}


def test_no_word_in_time_is_told(together: LanguageModel) -> None:
    assert isinstance(together.chat, LocalLlama)
    hasty = Batches(together.chat.model, together.chat.template.tokenizer, 2, 512, Patience(first=0.0))
    hasty._manager = together.chat.batches._manager if together.chat.batches else None
    with pytest.raises(ModelTooSlow):
        next(hasty.stream(Request((1, 2, 3), 5)))


@pytest.mark.heavy
def test_a_model_that_fails_fails_each_answer_and_begins_anew(llama_dir: Path) -> None:
    model = load_llama(llama_dir, "cpu", 512, 40)
    answer_together(model, llama_dir, 2)
    assert isinstance(model.chat, LocalLlama)
    head = model.chat.model.lm_head
    model.chat.model.lm_head = None
    with pytest.raises(ModelUnavailable):
        text_of(model, 0)
    model.chat.model.lm_head = head
    assert text_of(model, 0)
    assert model.chat.batches
    model.chat.batches.close()


def test_what_is_remembered_is_bounded_by_the_windows(llama_dir: Path) -> None:
    assert tokens_for(look_into(llama_dir), 512, 3, "cpu") == 1536
