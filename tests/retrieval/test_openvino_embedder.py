from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.openvino_embedder import OpenVinoEmbedder, batches


@given(st.lists(st.integers(1, 50), max_size=30), st.integers(1, 200))
def test_batches_hold_every_text_once_within_the_token_budget(lengths: list[int], most: int) -> None:
    made = list(batches(lengths, most))
    assert sorted(place for batch in made for place in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[place] for place in batch) <= most for batch in made)


def test_texts_of_like_length_are_embedded_together() -> None:
    assert list(batches([2, 9, 3, 8], most=18)) == [[1, 3], [2, 0]]


def test_rows_come_back_in_the_order_of_the_texts(embedder: Embedder) -> None:
    texts = ["leave", "Expenses are paid within ten days of the claim. " * 8, "jury duty is paid"]
    assert embedder.passages(texts) @ embedder.query(texts[1]) == pytest.approx(
        [float(embedder.query(text) @ embedder.query(texts[1])) for text in texts], abs=0.005
    )


def test_threads_that_share_an_embedder_do_not_mix_their_texts(embedder: Embedder) -> None:
    texts = [f"Question number {number} about leave" for number in range(32)]
    alone = [embedder.query(text) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.query, texts))
    assert np.allclose(alone, together, atol=1e-6)


def test_a_damaged_export_says_what_to_delete(tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    file.write_text("no model")
    with pytest.raises(Unusable, match="Delete its folder"):
        OpenVinoEmbedder(EmbeddingModel(installed_minilm()), file).query("leave")
