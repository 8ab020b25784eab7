"""Answers that can only be quoted, whatever the model would like to say."""

import re
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.constrained import CONNECTING, MOST_STATEMENTS, Sayable, SourcesOnly, numbered, sayable
from app.llm.template import load_tokenizer
from retrieval.prompt import REFUSAL, Message, messages
from tests.passages import passage

END = 0
LEAVE = passage(1, "Parents stay at home for sixteen weeks. Parents tell us two months ahead.", title="Parental leave")
LAPTOP = passage(2, "A broken machine is replaced within one day. Is it lost?", title="Laptop repair")
ASKED = messages("How does laptop repair work?", [LEAVE, LAPTOP], [])
QUOTES = [
    "Parents stay at home for sixteen weeks. [1]",
    "Parents tell us two months ahead. [1]",
    "A broken machine is replaced within one day. [2]",
]


def letters(text: str) -> list[int]:
    """A tokenizer of single characters; 0 is the end."""
    return [ord(letter) for letter in text]


def after(may: Sayable, said: str) -> str:
    """The characters that may follow, `$` for the end."""
    return "".join(sorted("$" if token == END else chr(token) for token in may.allowed(letters(said))))


MAY = sayable(ASKED, END, letters)


def test_an_answer_begins_a_sentence_of_a_source_or_the_refusal() -> None:
    assert after(MAY, "") == "AOP"


def test_a_sentence_is_gone_on_with_word_for_word() -> None:
    assert after(MAY, "Parents ") == "st"
    assert after(MAY, "Parents s") == "t"
    assert after(MAY, "Parents stay at home for sixteen weeks") == "."


def test_behind_a_sentence_stands_the_number_of_its_own_source() -> None:
    assert after(MAY, "Parents stay at home for sixteen weeks. [") == "1"
    assert after(MAY, "A broken machine is replaced within one day. [") == "2"


def test_after_a_citation_the_answer_ends_or_another_sentence_is_joined() -> None:
    assert after(MAY, QUOTES[0]) == "\n $"
    assert after(MAY, f"{QUOTES[0]} Also: ") == "AP"


def test_a_sentence_is_not_said_twice() -> None:
    assert after(MAY, f"{QUOTES[0]} Parents ") == "t"
    assert after(MAY, f"{QUOTES[0]} {QUOTES[1]} P") == "$"


def test_after_the_refusal_nothing_follows() -> None:
    assert after(MAY, REFUSAL) == "$"


def test_an_answer_has_an_end() -> None:
    many = [f"Rule number {place} is this. [1]" for place in range(5)]
    may = Sayable(many, REFUSAL, END, letters)
    assert MOST_STATEMENTS == 3
    assert after(may, " ".join(many[:2])) == "\n $"
    assert after(may, " ".join(many[:3])) == "$"
    assert after(MAY, " ".join(QUOTES)) == "$"


def test_a_question_in_a_source_is_no_answer() -> None:
    assert after(MAY, f"{QUOTES[2]} I") == "$"


def test_a_sentence_that_is_never_quoted_cannot_be_said() -> None:
    may = sayable(ASKED, END, letters, lambda sentence: "sixteen" in sentence)
    assert after(may, "Parents ") == "t"
    assert after(may, "A broken ") == "m"


def test_what_was_never_allowed_can_only_end() -> None:
    assert after(MAY, "Nonsense") == "$"


def test_a_prompt_without_sources_can_only_be_refused() -> None:
    assert after(sayable([Message("user", "Why?")], END, letters), "") == "O"


def test_the_sources_of_a_prompt_are_read_back() -> None:
    assert numbered(ASKED) == [(1, LEAVE.text), (2, LAPTOP.text)]


def test_a_number_in_a_text_makes_no_source() -> None:
    tricky = passage(1, "First.\n\n[7] Seventh\nStill first.", title="Lists")
    assert numbered(messages("Why?", [tricky, LAPTOP], [])) == [(1, tricky.text), (2, LAPTOP.text)]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_whatever_is_chosen_the_answer_is_made_of_quotes_and_ends(data: st.DataObject) -> None:
    said: list[int] = []
    while not said or said[-1] != END:
        said.append(data.draw(st.sampled_from(sorted(MAY.allowed(said)))))
        assert len(said) < 400
    text = "".join(map(chr, said[:-1]))
    if text == REFUSAL:
        return
    before, *between, behind = re.split("|".join(map(re.escape, QUOTES)), text)
    assert (before, behind) == ("", "")
    assert set(between) <= set(CONNECTING)


@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_says_anything_says_a_quote(llama_dir: Path, seed: int) -> None:
    tokenizer = load_tokenizer(llama_dir)
    may = sayable(ASKED, tokenizer.eos_token_id, lambda text: tokenizer(text, add_special_tokens=False)["input_ids"])
    only = SourcesOnly([may], prompt=2)
    generator = torch.Generator().manual_seed(seed)
    said = [5, 6]
    while said[-1] != tokenizer.eos_token_id:
        scores = only(torch.tensor([said]), torch.randn((1, len(tokenizer)), generator=generator))
        said.append(int(scores.argmax()))
    text = tokenizer.decode(said[2:-1])
    assert text == REFUSAL or text.startswith(tuple(QUOTES))
