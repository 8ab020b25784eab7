"""Law 3, never over the window: random talks, sources and windows against three tokenizers of different habits."""

from operator import mul
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import PreTrainedTokenizerFast

from app.llm.template import ChatTemplate, load_tokenizer
from retrieval.budget import fit
from retrieval.embedding_model import installed_minilm
from retrieval.errors import OverWindow
from retrieval.prompt import messages
from retrieval.rewrite import Turn
from tests.passages import passage

LETTERS = st.text(st.sampled_from("abc deZ Ü9\n.[]<|>{}é漢😀\u202e\u0000'\""), min_size=1, max_size=12)
TEXT = st.builds(mul, LETTERS, st.integers(0, 30))
SOURCES = st.lists(st.builds(mul, LETTERS, st.integers(1, 60)), max_size=8)
TURNS = st.lists(st.builds(Turn, TEXT, TEXT), max_size=6)
MANY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WORD_PIECES = "{% for m in messages %}[CLS] {{ m['role'] }}: {{ m['content'] }} [SEP]{% endfor %}"


@pytest.fixture(params=["byte-level BPE", "BPE with byte fallback", "WordPiece"])
def template(request: pytest.FixtureRequest, llama_dir: Path, narrow_llama_dir: Path) -> ChatTemplate:
    if request.param == "WordPiece":
        pieces = Tokenizer.from_file(str(installed_minilm() / "tokenizer.json"))
        pieces.no_truncation()
        pieces.no_padding()
        return ChatTemplate(PreTrainedTokenizerFast(tokenizer_object=pieces, chat_template=WORD_PIECES), 0)
    return ChatTemplate(load_tokenizer(llama_dir if request.param == "byte-level BPE" else narrow_llama_dir), 0)


@MANY
@given(question=TEXT, texts=SOURCES, turns=TURNS, window=st.integers(60, 3000), reserve=st.integers(16, 512))
def test_what_is_sent_and_what_is_kept_free_never_exceed_the_window(
    template: ChatTemplate, question: str, texts: list[str], turns: list[Turn], window: int, reserve: int
) -> None:
    template.window = window
    found = [passage(number, text, score=1 / number) for number, text in enumerate(texts, start=1)]
    kept_free = min(reserve, window // 2)
    try:
        prompt = fit(question, found, turns, template, kept_free)
    except OverWindow:
        assert len(template.token_ids(messages(question, found[:1], []))) + kept_free > window
        return
    sent = template.token_ids(prompt.messages)
    assert len(sent) == prompt.tokens.prompt
    assert len(sent) + kept_free <= window
    assert prompt.tokens.dropped_sources == len(found) - len(prompt.passages)


def test_the_three_tokenizers_cut_differently(llama_dir: Path, narrow_llama_dir: Path) -> None:
    text = "Überstunden: 漢 <0x0A>"
    pieces = Tokenizer.from_file(str(installed_minilm() / "tokenizer.json"))
    cut = [load_tokenizer(folder).tokenize(text) for folder in (llama_dir, narrow_llama_dir)]
    assert len({tuple(one) for one in [*cut, pieces.encode(text, add_special_tokens=False).tokens]}) == 3
