from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from retrieval.words import Words, asked, grouped, no_words, packed, unpacked

EAST, NORTH = np.eye(2, dtype=np.float32)
TEXT = "The per-diem of Lisbon"


@dataclass(frozen=True)
class Encoded:
    """As a tokenizer would say it: two marks, and "Lisbon" as two tokens."""

    word_ids: tuple[int | None, ...] = (None, 0, 1, 2, 3, 4, 5, 5, None)
    offsets: tuple[tuple[int, int], ...] = (
        (0, 0), (0, 3), (4, 7), (7, 8), (8, 12), (13, 15), (16, 19), (19, 22), (0, 0),
    )  # fmt: skip


def words(*vectors: object) -> Words:
    return Words(np.zeros((len(vectors), 2), dtype=np.int32), np.array(vectors, dtype=np.float32))


def texts(found: Words, text: str = TEXT) -> list[str]:
    return [text[start:end] for start, end in found.spans]


def test_words_that_carry_meaning_are_grouped_from_their_tokens() -> None:
    tokens = np.zeros((9, 2), dtype=np.float32)
    tokens[[6, 7]] = [[3, 0], [0, 4]]
    tokens[[2, 4]] = [0, 2]
    found = grouped(TEXT, Encoded(), tokens)
    assert texts(found) == ["per", "diem", "Lisbon"]
    assert found.vectors == pytest.approx(np.array([[0, 1], [0, 1], [0.6, 0.8]]))


def test_a_prompt_of_the_model_is_not_the_authors() -> None:
    found = grouped(TEXT, Encoded(), np.ones((9, 2), dtype=np.float32), prompt=8)
    assert [TEXT[8:][start:end] for start, end in found.spans] == ["diem", "Lisbon"]


def test_stop_words_count_where_there_is_nothing_else() -> None:
    encoded = Encoded(word_ids=(0, 1), offsets=((0, 3), (4, 6)))
    assert texts(grouped("the of", encoded, np.ones((2, 2), dtype=np.float32)), "the of") == ["the", "of"]


def test_punctuation_is_no_word() -> None:
    encoded = Encoded(word_ids=(0,), offsets=((0, 1),))
    assert len(grouped("?", encoded, np.ones((1, 2), dtype=np.float32))) == 0


def test_packed_words_come_back_with_their_places_and_directions() -> None:
    vectors = np.array([[1, -1, 0.1, 0, 0.2, -1, 0], [0, 0, 0, 0, 0, 0, 3]], dtype=np.float32)
    back = unpacked(packed(Words(np.array([[3, 7], [400, 65_535]], dtype=np.int32), vectors)), 7)
    assert back.spans.tolist() == [[3, 7], [400, 65_535]]
    third = 3**-0.5
    assert back.vectors == pytest.approx(np.array([[third, -third, 0, 0, 0, -third, 0], [0, 0, 0, 0, 0, 0, 1]]))


def test_a_packed_word_of_384_numbers_takes_81_bytes() -> None:
    assert len(packed(Words(np.array([[0, 4]], dtype=np.int32), np.ones((1, 384), dtype=np.float32)))) == 81


def test_nothing_packed_is_nothing_unpacked() -> None:
    assert (packed(no_words(384)), len(unpacked(b"", 384))) == (b"", 0)


@given(arrays.arrays(np.float32, st.tuples(st.integers(0, 5), st.just(12)), elements=st.floats(-1, 1, width=32)))
def test_what_is_unpacked_is_finite_and_at_most_of_length_1(vectors: np.ndarray) -> None:
    spans = np.tile(np.array([[1, 2]], dtype=np.int32), (len(vectors), 1))
    back = unpacked(packed(Words(spans, vectors)), 12)
    assert np.isfinite(back.vectors).all()
    assert (np.linalg.norm(back.vectors, axis=1) <= 1.0001).all()


def test_a_rare_word_weighs_more() -> None:
    question = asked(EAST, words(EAST, NORTH), [3.0, 1.0])
    assert question.weights.tolist() == [0.75, 0.25]
    assert (question.interaction(words(EAST)), question.interaction(words(NORTH))) == (0.75, 0.25)
    assert question.interaction(words(NORTH, EAST)) == 1.0


def test_only_some_words_of_a_text_can_be_looked_at() -> None:
    question = asked(EAST, words(EAST, NORTH), [3.0, 1.0])
    cosines = question.cosines(words(NORTH, EAST))
    assert question.covered(cosines[:, [True, False]]) == 0.25


@pytest.mark.parametrize(("question", "text"), [([], [EAST]), ([EAST], []), ([], [])])
def test_where_one_has_no_words_nothing_interacts(question: list[object], text: list[object]) -> None:
    of_question = words(*question) if question else no_words(2)
    assert asked(EAST, of_question, [1.0] * len(question)).interaction(words(*text) if text else no_words(2)) == 0.0


def test_words_of_unknown_rarity_weigh_the_same() -> None:
    assert asked(EAST, words(EAST, NORTH), [0.0, 0.0]).weights.tolist() == [0.5, 0.5]
