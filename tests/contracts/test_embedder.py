"""What every Embedder does. A new backend is added to `EMBEDDERS`."""

import numpy as np
import pytest

from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.sentence_embedder import SentenceEmbedder
from tests.word_embedder import WordEmbedder

EMBEDDERS = ["openvino", "sentence-transformers", "words of the tests"]
TEXTS = ["Employees get 25 days of annual leave.", "Expense claims are paid within ten days.", "Jury duty is paid."]


@pytest.fixture(scope="module")
def torch_embedder() -> SentenceEmbedder:
    return SentenceEmbedder(EmbeddingModel(installed_minilm()), "cpu")


@pytest.fixture(params=EMBEDDERS)
def each(request: pytest.FixtureRequest, embedder: Embedder, torch_embedder: SentenceEmbedder) -> Embedder:
    by_name: dict[str, Embedder] = {"openvino": embedder, "sentence-transformers": torch_embedder}
    return by_name.get(request.param) or WordEmbedder()


def test_passages_are_rows_of_float32(each: Embedder) -> None:
    vectors = each.passages(TEXTS)
    assert (vectors.shape, vectors.dtype.name) == ((3, each.dim), "float32")


def test_passages_have_length_1(each: Embedder) -> None:
    assert np.linalg.norm(each.passages(TEXTS), axis=1) == pytest.approx([1.0, 1.0, 1.0], abs=1e-5)


def test_a_question_is_one_vector_of_length_1(each: Embedder) -> None:
    vector = each.query("How many days of leave do I get?")
    assert (vector.shape, vector.dtype.name) == ((each.dim,), "float32")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-5)


def test_no_passages_make_no_rows(each: Embedder) -> None:
    assert each.passages([]).shape == (0, each.dim)


def test_a_passage_is_the_same_vector_alone_and_among_others(each: Embedder) -> None:
    assert float(each.passages(TEXTS)[1] @ each.passages(TEXTS[1:2])[0]) == pytest.approx(1.0, abs=0.002)


@pytest.mark.parametrize(
    ("question", "best"),
    [("How many days of annual leave do employees get?", 0), ("When is an expense claim paid?", 1)],
)
def test_a_question_is_nearest_to_the_passage_that_answers_it(each: Embedder, question: str, best: int) -> None:
    assert int(np.argmax(each.passages(TEXTS) @ each.query(question))) == best


def test_longer_text_has_more_tokens(each: Embedder) -> None:
    assert 0 == each.tokens("") < each.tokens("paid leave") < each.tokens("paid leave in all countries")


def test_tokens_are_counted_beyond_the_longest_passage(each: Embedder) -> None:
    assert each.tokens("leave " * 1000) >= 1000 > each.max_tokens


def test_the_tokens_of_passages_add_up(each: Embedder) -> None:
    each.passages(TEXTS[:1])
    before = each.tokens_read
    each.passages(TEXTS[1:])
    each.passages([])
    counted = sum(map(each.tokens, TEXTS[1:]))
    assert counted <= each.tokens_read - before <= counted + 2 * 2  # the marks at both ends of both texts


def test_a_person_can_read_what_computes_the_vectors(each: Embedder) -> None:
    assert len(each.runtime.split()) >= 2


@pytest.mark.parametrize("text", ["", " ", "🎉", "\0", "leave " * 1000])
def test_any_text_has_a_vector_of_finite_numbers(each: Embedder, text: str) -> None:
    assert np.isfinite([each.passages([text])[0], each.query(text)]).all()


def test_what_is_read_has_the_vector_that_is_embedded(each: Embedder) -> None:
    assert np.stack([reading.vector for reading in each.read(TEXTS)]) == pytest.approx(each.passages(TEXTS), abs=0.01)
    assert each.read_query(TEXTS[0]).vector == pytest.approx(each.query(TEXTS[0]), abs=0.01)


def test_words_that_carry_meaning_are_read_in_order_with_unit_vectors(each: Embedder) -> None:
    text = "What does the employee of a subsidiary get?"
    words = each.read([text])[0].words
    assert [text[start:end] for start, end in words.spans] == ["employee", "subsidiary"]
    assert np.linalg.norm(words.vectors, axis=1) == pytest.approx([1.0, 1.0], abs=1e-4)


def test_a_word_is_nearest_to_itself_in_another_text(each: Embedder) -> None:
    asked, text = each.read_query("annual leave").words, each.read([TEXTS[0]])[0].words
    nearest = (asked.vectors @ text.vectors.T).argmax(axis=1)
    assert [TEXTS[0][slice(*text.spans[place])] for place in nearest] == ["annual", "leave"]


@pytest.mark.parametrize("text", ["", " ", "🎉", "\0"])
def test_a_text_without_words_has_none(each: Embedder, text: str) -> None:
    assert (len(each.read([text])[0].words), each.read([])) == (0, [])
