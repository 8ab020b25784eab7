import pytest

from retrieval.fusion import fused
from retrieval.lexical import Match


def test_the_score_is_the_cosine_and_four_tenths_of_the_share() -> None:
    scores = fused({"a": 0.5, "b": 0.75}, [Match("a", 9.0, 1.0), Match("b", 4.0, 0.25)])
    assert scores == pytest.approx({"a": 0.9, "b": 0.85})


def test_a_chunk_without_shared_words_keeps_its_cosine() -> None:
    assert fused({"a": 0.5, "b": 0.25}, [Match("a", 1.0, 0.5)])["b"] == 0.25


def test_nothing_found_is_nothing_fused() -> None:
    assert fused({}, []) == {}
