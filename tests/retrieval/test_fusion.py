import numpy as np
import pytest

from retrieval.fusion import cross_encoded, fused, reranked
from retrieval.lexical import Match
from retrieval.words import Asked, Words

EAST, NORTH = np.eye(2, dtype=np.float32)


def words(*vectors: object) -> Words:
    return Words(np.zeros((len(vectors), 2), dtype=np.int32), np.array(vectors, dtype=np.float32))


def test_the_score_is_the_cosine_and_four_tenths_of_the_share() -> None:
    scores = fused({"a": 0.5, "b": 0.75}, [Match("a", 9.0, 1.0), Match("b", 4.0, 0.25)])
    assert scores == pytest.approx({"a": 0.9, "b": 0.85})


def test_a_chunk_without_shared_words_keeps_its_cosine() -> None:
    assert fused({"a": 0.5, "b": 0.25}, [Match("a", 1.0, 0.5)])["b"] == 0.25


def test_nothing_found_is_nothing_fused() -> None:
    assert fused({}, []) == {}


def test_the_interaction_is_added_where_the_words_are_known() -> None:
    asked = Asked(EAST, words(EAST, NORTH), np.array([0.75, 0.25], dtype=np.float32))
    scores = reranked({"a": 0.5, "b": 0.6, "c": 0.1}, asked, {"a": words(EAST), "b": words(NORTH)})
    assert scores == pytest.approx({"a": 1.25, "b": 0.85, "c": 0.1})


def test_a_cross_encoder_outweighs_the_rest() -> None:
    assert cross_encoded({"a": 2.0, "b": 1.0, "c": 0.5}, {"a": 0.0, "b": 0.5}) == pytest.approx({"a": 2.0, "b": 2.2})
