import numpy as np
import pytest

from retrieval.batches import Ids
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.reading import Vectors, readings, unit

TOKENIZER = EmbeddingModel(installed_minilm()).tokenizer(256)
TEXTS = ["Annual leave", "Expenses are paid within ten days of the claim", "Reimbursement"]


def infer(ids: Ids, mask: Ids) -> tuple[Vectors, Vectors]:
    """A model whose token vectors are the token's id and 1, and whose text vector is their sum."""
    tokens = np.stack([ids, mask], axis=2).astype(np.float32)
    return tokens.sum(axis=1), tokens


@pytest.mark.parametrize("most", [8, 10_000])
def test_texts_come_back_in_their_order_whatever_the_batches(most: int) -> None:
    found = readings(TEXTS, "", TOKENIZER, most, infer)
    words = [[text[start:end] for start, end in one.words.spans] for text, one in zip(TEXTS, found, strict=True)]
    assert words == [["Annual", "leave"], ["Expenses", "paid", "within", "ten", "days", "claim"], ["Reimbursement"]]
    assert np.linalg.norm([one.vector for one in found], axis=1) == pytest.approx([1, 1, 1])


def test_the_models_prompt_is_read_and_is_none_of_the_words() -> None:
    plain, prompted = (readings(["leave"], prompt, TOKENIZER, 100, infer)[0] for prompt in ("", "passage: "))
    assert prompted.words.spans.tolist() == plain.words.spans.tolist() == [[0, 5]]
    assert prompted.vector.tolist() != plain.vector.tolist()


def test_no_texts_are_no_readings() -> None:
    assert readings([], "", TOKENIZER, 100, infer) == []


def test_rows_are_brought_to_length_1() -> None:
    assert unit(np.array([[3.0, 4.0], [0.0, 2.0]])).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0.0, 1.0]]
