from hypothesis import given
from hypothesis import strategies as st

from retrieval.batches import batches, padded


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(1, 200))
def test_batches_hold_every_text_once_within_the_token_budget(lengths: list[int], most: int) -> None:
    made = list(batches(lengths, most))
    assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= most for batch in made)


def test_texts_of_like_length_are_embedded_together() -> None:
    assert list(batches([2, 9, 3, 8], most=18)) == [[1, 3], [2, 0]]


def test_shorter_rows_are_filled_with_zeros_that_the_mask_hides() -> None:
    ids, mask = padded([[101, 7, 102], [101, 102]])
    assert ids.tolist() == [[101, 7, 102], [101, 102, 0]]
    assert mask.tolist() == [[1, 1, 1], [1, 1, 0]]
