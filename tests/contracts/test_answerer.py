"""The contract of every answerer: what is quoted is verbatim, what is cited was given, what is closed stops."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.answerer import Answerer
from app.bootstrap import Home
from app.falling_back import FallingBack
from app.grounding import cited
from app.llm.local import load_llama
from app.prompted import PromptedAnswerer
from app.quoting import QuotingAnswerer
from app.settings import Settings
from retrieval.embedder import Embedder
from retrieval.errors import QuestionRefused
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.contracts.runners import ANSWER, RUNNERS, STRICT, running
from tests.passages import passage

PARENTS = passage(
    1,
    "Parents stay at home for sixteen weeks after a birth. The form is due two months ahead.",
    "Both parents may share the weeks.",
    title="Parental leave",
)
LAPTOP = passage(2, "A broken machine is replaced within one working day.", title="Laptop repair")
SAME_AGAIN = passage(3, "A broken machine is replaced within one working day.", title="Laptops, copied")
QUESTION = "How does laptop repair work?"
CASES: dict[str, list[Passage]] = {
    "two passages": [PARENTS, LAPTOP],
    "one passage": [LAPTOP],
    "no passage": [],
    "duplicate passages": [LAPTOP, PARENTS, SAME_AGAIN],
    "a passage of two chunks": [PARENTS],
}


MODELS = [one for one in RUNNERS if one != STRICT]  # its window of 512 tokens has no room for these sources
WITH_QUOTES, GONE = "quotes behind a model", "quotes behind a model that fails"
ANSWERERS = ["quoting", *MODELS, WITH_QUOTES, GONE]


@pytest.fixture(scope="module")
def quoting(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuotingAnswerer]:
    home = Home(Settings(home=tmp_path_factory.mktemp("answerers") / "home"))
    home.__dict__["embedder"] = embedder
    yield QuotingAnswerer(home.retriever)
    home.engine.dispose()


@pytest.fixture(scope="module", params=ANSWERERS)
def answerer(
    request: pytest.FixtureRequest,
    quoting: QuotingAnswerer,
    llama_dir: Path,
    narrow_llama_dir: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Answerer]:
    if request.param == "quoting":
        yield quoting
    elif request.param in (WITH_QUOTES, GONE):
        model = load_llama(llama_dir, "cpu", 0, ANSWER)
        if request.param == GONE:
            model.chat.model = None  # type: ignore[attr-defined]
        yield FallingBack(PromptedAnswerer(model, ANSWER), quoting)
    else:
        with running(request.param, llama_dir, narrow_llama_dir, tmp_path_factory.mktemp("runner")) as model:
            yield PromptedAnswerer(model, ANSWER)


@pytest.fixture(params=CASES)
def given(request: pytest.FixtureRequest) -> list[Passage]:
    return CASES[request.param]


def test_it_has_a_name_to_ask_for_it(answerer: Answerer) -> None:
    assert answerer.name.strip()


def test_a_quote_is_verbatim_in_the_passage_of_its_number(answerer: Answerer, given: list[Passage]) -> None:
    answering = answerer.begin(QUESTION, QUESTION, given, [])
    texts = {one.number: one.text for one in answering.passages}
    for piece in answering.pieces:
        if piece.quote:
            assert piece.text == texts[piece.quote.number][piece.quote.start : piece.quote.end] != ""


def test_only_given_numbers_are_cited(answerer: Answerer, given: list[Passage]) -> None:
    answering = answerer.begin(QUESTION, QUESTION, given, [])
    text = "".join(piece.text for piece in answering.pieces)
    assert set(cited(text)) <= {one.number for one in answering.passages} <= {one.number for one in given}


def test_passages_keep_their_numbers(answerer: Answerer, given: list[Passage]) -> None:
    for one in answerer.begin(QUESTION, QUESTION, given, []).passages:
        assert one in given


def test_an_answer_is_cited(answerer: Answerer) -> None:
    pieces = answerer.begin(QUESTION, QUESTION, [PARENTS, LAPTOP], []).pieces
    assert cited("".join(piece.text for piece in pieces))


def test_a_prompt_never_exceeds_its_window(answerer: Answerer, given: list[Passage]) -> None:
    tokens = answerer.begin(QUESTION, QUESTION, given, [Turn("And?", "So."), Turn("Why?", "Thus.")]).tokens
    assert tokens.prompt + tokens.reserved <= tokens.window


def test_closing_early_leaves_the_answerer_ready_for_the_next_question(answerer: Answerer) -> None:
    pieces: Iterator[object] = answerer.begin(QUESTION, QUESTION, [PARENTS, LAPTOP], []).pieces
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(answerer.begin(QUESTION, QUESTION, [PARENTS, LAPTOP], []).pieces)


def test_the_same_question_gets_the_same_answer_twice(answerer: Answerer) -> None:
    first, second = (list(answerer.begin(QUESTION, QUESTION, [PARENTS, LAPTOP], []).pieces) for _ in range(2))
    assert first == second


def test_a_question_of_a_hundred_thousand_characters_is_refused_in_one_sentence(answerer: Answerer) -> None:
    with pytest.raises(QuestionRefused, match="Please shorten it") as caught:
        answerer.check("leave " * 16_667)
    assert caught.value.user_message.count("\n") == 0
