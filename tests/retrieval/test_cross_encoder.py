"""With a small one that is made here: MiniLM's weights under an untrained head."""

from pathlib import Path

import pytest
from transformers import AutoTokenizer, BertForSequenceClassification

from retrieval.cross_encoder import CrossEncoder
from retrieval.embedding_model import installed_minilm
from retrieval.errors import Unusable

TEXTS = ["Leave is 25 days.", "Claims are paid within ten days.", "Leave is 25 days."]


def made(folder: Path, labels: int) -> Path:
    model = BertForSequenceClassification.from_pretrained(installed_minilm(), num_labels=labels)
    model.save_pretrained(folder)
    AutoTokenizer.from_pretrained(installed_minilm()).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("cross-encoder"), 1)


def test_each_text_has_a_relevance_between_0_and_1(folder: Path) -> None:
    found = CrossEncoder(folder, "cpu").relevance("How much leave is there?", TEXTS)
    assert (found.shape, found.dtype.name) == ((3,), "float32")
    assert ((found > 0) & (found < 1)).all()
    assert found[0] == pytest.approx(found[2], abs=1e-4) != pytest.approx(found[1], abs=1e-4)


def test_no_texts_have_none(folder: Path) -> None:
    assert CrossEncoder(folder, "cpu").relevance("How much leave is there?", []).shape == (0,)


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="is no cross-encoder"):
        CrossEncoder(tmp_path, "cpu")


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="has 3 labels, not one"):
        CrossEncoder(made(tmp_path, 3), "cpu").relevance("How much?", TEXTS)
