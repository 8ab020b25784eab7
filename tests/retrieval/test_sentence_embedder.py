import shutil
from pathlib import Path

import pytest

from retrieval.errors import Unusable
from retrieval.sentence_embedder import SentenceEmbedder, installed_minilm


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The installed model's small files and a few bytes of weights; enough for everything but embedding."""
    folder = tmp_path / "our-model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(installed_minilm() / name, folder)
    (folder / "model.safetensors").write_bytes(b"12345678")
    return folder


def test_the_installed_model_is_named(embedder: SentenceEmbedder) -> None:
    assert embedder.id.startswith("all-MiniLM-L6-v2@")


def test_the_installed_model_has_384_numbers_and_reads_256_tokens(embedder: SentenceEmbedder) -> None:
    assert (embedder.dim, embedder.max_tokens) == (384, 256)


def test_tokens_are_those_of_the_model(embedder: SentenceEmbedder) -> None:
    assert embedder.tokens("Reimbursement of unreimbursed expenses") == 12


def test_another_folder_is_another_embedder(copied: Path, embedder: SentenceEmbedder) -> None:
    assert SentenceEmbedder(copied).id != embedder.id


def test_the_same_folder_is_the_same_embedder_in_every_run(copied: Path) -> None:
    assert SentenceEmbedder(copied).id == SentenceEmbedder(copied, "cpu").id


def test_other_weights_are_another_embedder(copied: Path) -> None:
    before = SentenceEmbedder(copied).id
    (copied / "model.safetensors").write_bytes(b"123456789")
    assert SentenceEmbedder(copied).id != before


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json"])
def test_a_folder_without_weights_or_tokenizer_is_no_model(copied: Path, missing: str) -> None:
    (copied / missing).unlink()
    with pytest.raises(Unusable, match="is no sentence-transformers model"):
        SentenceEmbedder(copied)


def test_broken_weights_are_refused_with_the_folder_named(copied: Path) -> None:
    with pytest.raises(Unusable, match=r"The embedding model in .*our-model cannot be loaded"):
        SentenceEmbedder(copied, "cpu").query("leave")
