import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.openvino_export import exported
from retrieval.sentence_embedder import load

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingModel:
    """A model with prompts and a pooling of its own, as a company may bring one: MiniLM's first-token vectors."""
    folder = tmp_path_factory.mktemp("models") / "first-token"
    shutil.copytree(installed_minilm(), folder)
    pooling = {"word_embedding_dimension": 384, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    stated = {"prompts": {"query": "question: ", "document": "text: "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(stated))
    return EmbeddingModel(folder)


def test_another_kind_of_model_gives_the_vectors_that_torch_gives(narrow: EmbeddingModel, tmp_path: Path) -> None:
    ours = OpenVinoEmbedder(narrow, exported(narrow, tmp_path))
    theirs = load(narrow, "cpu")
    question, text = "How long is jury leave?", "Jury leave lasts ten days."
    assert ours.query(question) @ theirs.encode_query(question) > 0.999
    assert ours.passages([text])[0] @ theirs.encode_document(text) > 0.999
    assert ours.passages([text])[0] @ ours.query(text) < 0.999  # the prompts count


def test_a_model_is_exported_once(narrow: EmbeddingModel, tmp_path: Path) -> None:
    first = exported(narrow, tmp_path)
    made = first.stat().st_mtime_ns
    assert (exported(narrow, tmp_path), first.stat().st_mtime_ns) == (first, made)
    assert [path.name for path in tmp_path.iterdir()] == [first.parent.name]


def test_an_export_that_gives_other_vectors_is_not_kept(tmp_path: Path, narrow: EmbeddingModel) -> None:
    class Elsewhere(EmbeddingModel):
        """Reads the question with another prompt than the model states."""

        prompts = {"query": "something else entirely, about ships and the sea: "}  # noqa: RUF012

    with pytest.raises(Unusable, match="gives other vectors than torch"):
        exported(Elsewhere(narrow.folder), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written_is_named(narrow: EmbeddingModel, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unusable, match="cannot be exported"):
        exported(narrow, tmp_path / "file")


def test_the_installed_model_keeps_its_vectors(tmp_path: Path) -> None:
    model = EmbeddingModel(installed_minilm())
    texts = ["Leave is granted by the line manager.", "Expenses"]
    ours = OpenVinoEmbedder(model, exported(model, tmp_path)).passages(texts)
    assert np.allclose((ours * load(model, "cpu").encode_document(texts)).sum(axis=1), 1, atol=5e-4)
