"""Law 3: never over the window. Counted by two different tokenizers and chat templates."""

from collections.abc import Sequence
from operator import mul
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.budget import TokenCounter, TokenUse, fit, passages_wanted, refuse_over_window
from retrieval.errors import OverWindow
from retrieval.passage import Passage
from retrieval.prompt import Message, messages
from retrieval.rewrite import Turn
from tests.passages import passage

LETTERS = st.text(st.sampled_from("abc deZ Ü9\n.[]<|>{}é漢😀"), min_size=1, max_size=20)
TEXT = st.builds(mul, LETTERS, st.integers(0, 20))
SOURCES = st.lists(st.builds(mul, LETTERS, st.integers(1, 40)), max_size=8)
SUMMARY = st.lists(st.builds(Turn, st.just(""), TEXT, st.integers(1, 6)), max_size=1)
TURNS = st.builds(lambda before, turns: [*before, *turns], SUMMARY, st.lists(st.builds(Turn, TEXT, TEXT), max_size=6))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["tiny", "narrow"])
def counter(request: pytest.FixtureRequest, llama_dir: Path, narrow_llama_dir: Path) -> TokenCounter:
    if request.param == "tiny":
        return ChatTemplate(load_tokenizer(llama_dir), 2048)
    return ChatTemplate(load_tokenizer(narrow_llama_dir), 512)


class Letters:
    """Counts one token a character: sums that can be done by hand."""

    def __init__(self, window: int) -> None:
        self.window = window

    def count(self, conversation: Sequence[Message]) -> int:
        return sum(len(message.text) for message in conversation)


# What a prompt takes that holds nothing but these.
EMPTY = Letters(1).count(messages("", [], []))
ONE_SOURCE = len("\n\n[1] Annual leave - Annual leave\n")


def window_for(extra: int) -> Letters:
    return Letters(EMPTY + extra)


def of_length(number: int, length: int) -> Passage:
    return passage(number, "x" * length, score=1 / number)


@FEW
@given(question=TEXT, texts=SOURCES, turns=TURNS, reserve=st.integers(16, 96))
def test_prompt_and_reserve_never_exceed_the_window(
    counter: TokenCounter, question: str, texts: list[str], turns: list[Turn], reserve: int
) -> None:
    found = [passage(number, text, score=1 / number) for number, text in enumerate(texts, start=1)]
    try:
        prompt = fit(question, found, turns, counter, reserve)
    except OverWindow:
        assert counter.count(messages(question, found[:1], [])) + reserve > counter.window
        return
    assert prompt.tokens.prompt + prompt.tokens.reserved <= counter.window
    assert prompt.tokens.prompt == counter.count(prompt.messages)


@FEW
@given(question=TEXT, texts=SOURCES, turns=TURNS)
def test_what_is_left_out_is_the_least_relevant_sources_and_the_oldest_turns(
    counter: TokenCounter, question: str, texts: list[str], turns: list[Turn]
) -> None:
    found = [passage(number, text, score=1 / number) for number, text in enumerate(texts, start=1)]
    try:
        prompt = fit(question, found, turns, counter, 64)
    except OverWindow:
        return
    use = prompt.tokens
    summary, whole = [turn for turn in turns if turn.covers], [turn for turn in turns if not turn.covers]
    recent = whole[use.dropped_turns + use.summarised_turns :]
    assert list(prompt.passages) == found[: len(found) - use.dropped_sources]
    assert list(prompt.messages) == messages(
        question, prompt.passages, [*(summary if use.summarised_turns else []), *recent]
    )


@FEW
@given(question=TEXT, texts=SOURCES)
def test_the_question_is_never_cut(counter: TokenCounter, question: str, texts: list[str]) -> None:
    found = [passage(number, text) for number, text in enumerate(texts, start=1)]
    try:
        prompt = fit(question, found, [], counter, 64)
    except OverWindow:
        return
    assert prompt.messages[-1] == Message("user", question)


def test_a_source_that_does_not_fit_is_dropped_whole_and_the_others_stay() -> None:
    found = [of_length(1, 100), of_length(2, 100), of_length(3, 100)]
    prompt = fit("", found, [], window_for(2 * (100 + ONE_SOURCE) + 99 + 10), reserve=10)
    assert prompt.passages == (found[0], found[1])
    assert prompt.tokens == TokenUse(
        window=EMPTY + 2 * (100 + ONE_SOURCE) + 109,
        prompt=EMPTY + 2 * (100 + ONE_SOURCE),
        reserved=10,
        dropped_sources=1,
        dropped_turns=0,
    )


def test_sources_go_before_turns() -> None:
    turns = [Turn("a" * 20, "b" * 20), Turn("c" * 20, "d" * 20)]
    found = [of_length(1, 100), of_length(2, 100)]
    prompt = fit("", found, turns, window_for(100 + ONE_SOURCE + 80), reserve=0)
    assert (prompt.tokens.dropped_sources, prompt.tokens.dropped_turns) == (1, 0)


def test_with_one_source_left_the_oldest_turn_goes_first() -> None:
    turns = [Turn("a" * 20, "b" * 20), Turn("c" * 20, "d" * 20)]
    found = [of_length(1, 100), of_length(2, 100)]
    prompt = fit("", found, turns, window_for(100 + ONE_SOURCE + 40), reserve=0)
    assert prompt.passages == (found[0],)
    assert [message.text[:1] for message in prompt.messages[3:5]] == ["c", "d"]


def test_a_long_talk_leaves_room_for_the_sources() -> None:
    turns = [Turn(f"{number:03}", "answer " * 20) for number in range(50)]
    found = [of_length(1, 100), of_length(2, 100)]
    prompt = fit("", found, turns, window_for(1000), reserve=0)
    said = sum(len(message.text) for message in prompt.messages[3:-1])
    assert prompt.passages == (found[0], found[1])
    assert 0 < said <= 0.25 * (EMPTY + 1000)


def test_a_question_that_is_too_long_is_told_by_how_many_tokens() -> None:
    with pytest.raises(OverWindow) as caught:
        refuse_over_window("x" * 57, Letters(EMPTY + 50), room=EMPTY + 50)
    assert caught.value.over == 7
    assert str(caught.value) == (
        f"This question is 7 tokens too long for the model's window of {EMPTY + 50} tokens. Please shorten it."
    )


def test_a_question_that_fits_alone_but_with_no_source_is_refused_too() -> None:
    with pytest.raises(OverWindow) as caught:
        fit("x" * 30, [of_length(1, 100), of_length(2, 50)], [], window_for(30 + 100 + ONE_SOURCE - 3), reserve=0)
    assert caught.value.over == 3


def test_a_question_of_exactly_the_room_is_accepted() -> None:
    assert fit("x" * 50, [], [], window_for(50 + 10), reserve=10).tokens.prompt == EMPTY + 50


def test_short_questions_get_more_passages_than_long_ones() -> None:
    assert passages_wanted("How many days of leave?") == 8
    assert passages_wanted("word " * 60) == 6
    assert passages_wanted("word " * 500) == 3
