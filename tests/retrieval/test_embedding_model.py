import json
import shutil
from pathlib import Path

import pytest

from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The installed model's small files and a few bytes of weights; enough for everything but embedding."""
    folder = tmp_path / "our-model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(installed_minilm() / name, folder)
    (folder / "model.safetensors").write_bytes(b"12345678")
    return folder


@pytest.fixture
def minilm() -> EmbeddingModel:
    return EmbeddingModel(installed_minilm())


def test_the_installed_model_is_named(minilm: EmbeddingModel) -> None:
    assert minilm.id.startswith("all-MiniLM-L6-v2@")


def test_the_installed_model_has_384_numbers_and_reads_256_tokens(minilm: EmbeddingModel) -> None:
    assert (minilm.dim, minilm.max_tokens) == (384, 256)


def test_tokens_are_those_of_the_model(minilm: EmbeddingModel) -> None:
    assert minilm.tokens("Reimbursement of unreimbursed expenses") == 12


def test_a_tokenizer_with_a_limit_cuts_the_text(minilm: EmbeddingModel) -> None:
    assert len(minilm.tokenizer(8).encode("leave " * 100).ids) == 8


def test_a_model_that_states_nothing_is_asked_for_its_configuration(copied: Path) -> None:
    model = EmbeddingModel(copied)
    assert (model.dim, model.max_tokens, model.prompts) == (384, 512, {})


def test_a_last_dense_layer_decides_the_length_of_a_vector(copied: Path) -> None:
    (copied / "2_Dense").mkdir()
    (copied / "2_Dense" / "config.json").write_text(json.dumps({"in_features": 384, "out_features": 128}))
    assert EmbeddingModel(copied).dim == 128


def test_prompts_are_read_where_the_model_wants_them(copied: Path) -> None:
    stated = {"prompts": {"query": "query: ", "document": "passage: "}}
    (copied / "config_sentence_transformers.json").write_text(json.dumps(stated))
    assert EmbeddingModel(copied).prompts == {"query": "query: ", "document": "passage: "}


def test_another_folder_is_another_embedder(copied: Path, minilm: EmbeddingModel) -> None:
    assert EmbeddingModel(copied).id != minilm.id


def test_the_same_folder_is_the_same_embedder_in_every_run(copied: Path) -> None:
    assert EmbeddingModel(copied).id == EmbeddingModel(copied).id


def test_other_weights_are_another_embedder(copied: Path) -> None:
    before = EmbeddingModel(copied).id
    (copied / "model.safetensors").write_bytes(b"123456789")
    assert EmbeddingModel(copied).id != before


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_a_folder_without_weights_or_tokenizer_is_no_model(copied: Path, missing: str) -> None:
    (copied / missing).unlink()
    with pytest.raises(Unusable, match="is no sentence-transformers model"):
        EmbeddingModel(copied)


def test_a_broken_configuration_is_named(copied: Path) -> None:
    (copied / "sentence_bert_config.json").write_text("{")
    with pytest.raises(Unusable, match=r"sentence_bert_config\.json is no valid JSON"):
        _ = EmbeddingModel(copied).max_tokens
