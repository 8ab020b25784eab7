"""The prompted answerer: a counted prompt in, checked pieces out, whatever the model does."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from app.llm.local import load_llama
from app.llm.model import LanguageModel
from app.prompted import PromptedAnswerer
from retrieval.errors import ModelUnavailable, OverWindow
from retrieval.prompt import Message
from retrieval.rewrite import Turn
from tests.passages import passage

LEAVE = passage(1, "Parents stay at home for sixteen weeks after a birth.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
QUESTION = "How does laptop repair work?"


class Says(BaseChatModel):
    """A chat model that says what it was made to say; an exception among the pieces is raised."""

    pieces: list[Any]
    _closed: threading.Event = PrivateAttr(default_factory=threading.Event)

    @property
    def _llm_type(self) -> str:
        return "says"

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(self.pieces)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(self, messages: list[BaseMessage], *_: Any, **__: Any) -> Iterator[ChatGenerationChunk]:
        try:
            for piece in self.pieces:
                if isinstance(piece, Exception):
                    raise piece
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        finally:
            self._closed.set()


class Words:
    """Counts words."""

    def __init__(self, window: int) -> None:
        self.window = window

    def count(self, conversation: Sequence[Message]) -> int:
        return sum(len(message.text.split()) for message in conversation)


def saying(*pieces: Any) -> PromptedAnswerer:
    return PromptedAnswerer(LanguageModel("says", Says(pieces=list(pieces)), Words(2000)), 50)


def said(answerer: PromptedAnswerer) -> str:
    answering = answerer.begin(QUESTION, QUESTION, [LEAVE, LAPTOP], [])
    return "".join(piece.text for piece in answering.pieces)


@pytest.fixture(scope="module")
def llama(llama_dir: Path) -> PromptedAnswerer:
    return PromptedAnswerer(load_llama(llama_dir, "cpu", 0, 40), 40)


def test_a_llama_answers_in_several_pieces(llama: PromptedAnswerer) -> None:
    answering = llama.begin(QUESTION, QUESTION, [LEAVE, LAPTOP], [Turn("Hello?", "Yes?")])
    assert len([piece for piece in answering.pieces if piece.text.strip()]) > 3


def test_the_account_says_how_the_window_is_used(llama: PromptedAnswerer) -> None:
    tokens = llama.begin(QUESTION, QUESTION, [LEAVE, LAPTOP], []).tokens
    assert (tokens.window, tokens.reserved, tokens.dropped_sources, tokens.dropped_turns) == (2048, 40, 0, 0)
    assert 156 < tokens.prompt < 500


def test_a_source_that_was_dropped_is_no_longer_given() -> None:
    long = [passage(number, "word " * 800, score=1 / number) for number in range(1, 5)]
    answering = saying("Yes [1] and [4].").begin(QUESTION, QUESTION, long, [])
    assert [given.number for given in answering.passages] == [1, 2]
    assert answering.tokens.dropped_sources == 2
    assert "".join(piece.text for piece in answering.pieces) == "Yes [1] and ."


def test_the_words_of_a_model_rest_on_every_chunk_it_was_given(llama: PromptedAnswerer) -> None:
    assert llama.begin(QUESTION, QUESTION, [LEAVE, LAPTOP], []).rests_on == ("1-0", "2-0")


def test_invented_numbers_links_and_markup_are_taken_out() -> None:
    hostile = saying("Yes [1][7]. <@U1>", "![x](https://e", "vil.example/x) Ask https://evil.example/y")
    assert said(hostile) == "Yes [1]. x Ask [link removed]"


def test_the_exact_refusal_sentence_gives_no_pieces() -> None:
    assert said(saying("Our documents ", "do not say.")) == ""


@pytest.mark.parametrize("pieces", [(), ("",), (" ", "\n")], ids=["nothing", "an empty piece", "blanks"])
def test_an_empty_answer_is_a_failure_of_the_model(pieces: tuple[str, ...]) -> None:
    with pytest.raises(ModelUnavailable, match=r"gave an empty answer|The language model failed"):
        said(saying(*pieces))


@pytest.mark.parametrize("before", [(), ("You have ", "27 ")], ids=["at once", "in mid-stream"])
def test_whatever_a_model_raises_is_the_model_being_unavailable(before: tuple[str, ...]) -> None:
    with pytest.raises(ModelUnavailable, match="The language model failed. Please try again in a minute") as caught:
        said(saying(*before, KeyError("/secret/path")))
    assert "secret" not in caught.value.user_message


def test_closing_the_pieces_closes_the_model() -> None:
    chat = Says(pieces=["You ", "have ", "27 "])
    answering = PromptedAnswerer(LanguageModel("says", chat, Words(2000)), 50).begin(QUESTION, QUESTION, [LEAVE], [])
    next(answering.pieces)
    answering.pieces.close()  # type: ignore[attr-defined]
    assert chat._closed.is_set()


def test_a_question_longer_than_the_window_is_refused_before_any_work(llama: PromptedAnswerer) -> None:
    with pytest.raises(OverWindow, match=r"This question is \d+ tokens too long for the model's window of 2048 tokens"):
        llama.check("leave " * 3000)


def test_in_a_small_window_half_is_kept_for_the_answer_at_most() -> None:
    answerer = PromptedAnswerer(LanguageModel("says", Says(pieces=["Yes."]), Words(400)), 5000)
    assert answerer.begin(QUESTION, QUESTION, [LEAVE], []).tokens.reserved == 200


TURNS = [Turn("How many days of annual leave do I get?", "You get 27 days of annual leave a year [1].")]


def test_a_question_that_leans_on_the_conversation_is_rewritten_by_the_model() -> None:
    answerer = saying("How many days of ", "annual leave do part-time staff get?", "\nI hope this helps!")
    assert answerer.rewritten("And part-time staff?", TURNS) == "How many days of annual leave do part-time staff get?"


@pytest.mark.parametrize(
    "rewritten",
    ["How many days of annual leave?", "How much salary do part-time staff get?", "", "The answer is 27 [1]."],
    ids=["loses a word", "invents one", "nothing", "answers"],
)
def test_a_rewriting_that_loses_or_invents_words_is_not_used(rewritten: str) -> None:
    assert saying(rewritten).rewritten("And part-time staff?", TURNS) == ""


def test_a_model_that_fails_to_rewrite_leaves_it_to_the_rules() -> None:
    assert saying(KeyError("gone")).rewritten("And part-time staff?", TURNS) == ""


def test_a_model_that_rewrites_without_end_is_stopped() -> None:
    chat = Says(pieces=["leave "] * 10_000)
    answerer = PromptedAnswerer(LanguageModel("says", chat, Words(2000)), 50)
    assert answerer.rewritten("And part-time staff?", TURNS) == ""
    assert chat._closed.is_set()


def test_a_rewriting_that_would_not_fit_the_window_is_not_asked_for() -> None:
    chat = Says(pieces=["How many days of annual leave do part-time staff get?"])
    answerer = PromptedAnswerer(LanguageModel("says", chat, Words(60)), 20)
    assert answerer.rewritten("And part-time staff?", TURNS) == ""


def test_an_answers_tokens_are_counted_whatever_the_template_allows(llama_dir: Path, narrow_llama_dir: Path) -> None:
    for folder in (llama_dir, narrow_llama_dir):
        answerer = PromptedAnswerer(load_llama(folder, "cpu", 0, 24), 24)
        one, three = answerer.tokens("badge"), answerer.tokens("badge badge badge")
        assert (answerer.tokens(""), 0 < one < three) == (0, True)
