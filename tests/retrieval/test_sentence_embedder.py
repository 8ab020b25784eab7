import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from retrieval.embedder import Vectors
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.sentence_embedder import SentenceEmbedder, finds_gpu, load

pytestmark = pytest.mark.heavy

TEXTS = [
    "leave",
    "Expenses are paid within ten days of the claim. " * 40,
    "",
    "Überstunden, congés payés, 有給休暇, 🎉",
]
TEXTS += [f"Rule {number}: whoever is ill tells the office. " * (1 + number % 7) for number in range(20)]


@pytest.fixture(scope="module")
def model() -> EmbeddingModel:
    return EmbeddingModel(installed_minilm())


def cosines(embedder: SentenceEmbedder, model: EmbeddingModel) -> Vectors:
    """To sentence-transformers' own float32 vectors."""
    theirs = load(model, "cpu").encode_document(TEXTS, show_progress_bar=False)
    return np.asarray((embedder.passages(TEXTS) * theirs).sum(axis=1))


def test_vectors_are_those_of_sentence_transformers(model: EmbeddingModel) -> None:
    found = cosines(SentenceEmbedder(model, "cpu"), model)
    assert (found.mean() >= 0.9995, found.min() >= 0.999) == (True, True)


def test_a_usual_model_takes_the_quick_way(model: EmbeddingModel) -> None:
    """The tests above and below would hold without it."""
    assert SentenceEmbedder(model, "cpu")._reads_ids_alone


def test_texts_that_are_tokenised_in_several_groups_keep_their_order(
    model: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("retrieval.sentence_embedder._GROUP", 5)
    assert cosines(SentenceEmbedder(model, "cpu"), model).min() >= 0.999


def test_a_model_that_leaves_its_prompt_out_of_the_mean_is_left_to_its_own_way(tmp_path: Path) -> None:
    """Its vectors depend on more than token ids and mask: on how many of the tokens are the prompt."""
    folder = tmp_path / "our-model"
    shutil.copytree(installed_minilm(), folder)
    config = json.loads((folder / "config_sentence_transformers.json").read_text())
    stated = config | {"prompts": {"document": "The following is a rule of our company in other words: "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(stated))
    pooling = json.loads((folder / "1_Pooling" / "config.json").read_text())
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling | {"include_prompt": False}))
    model = EmbeddingModel(folder)
    assert cosines(SentenceEmbedder(model, "cpu"), model).min() >= 0.999


def test_broken_weights_are_refused_with_the_folder_named(tmp_path: Path) -> None:
    folder = tmp_path / "our-model"
    folder.mkdir()
    for name in ("config.json", "tokenizer.json"):
        shutil.copy(installed_minilm() / name, folder)
    (folder / "model.safetensors").write_bytes(b"12345678")
    with pytest.raises(Unusable, match=r"The embedding model in .*our-model cannot be loaded"):
        SentenceEmbedder(EmbeddingModel(folder), "cpu").query("leave")


def test_a_gpu_is_found_where_torch_finds_one() -> None:
    assert finds_gpu() == torch.cuda.is_available()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_cuda_without_a_gpu_says_what_to_do() -> None:
    with pytest.raises(Unusable, match="Use --device cpu"):
        SentenceEmbedder(EmbeddingModel(installed_minilm()), "cuda").query("leave")


@pytest.mark.gpu
def test_a_gpu_gives_the_vectors_of_sentence_transformers(model: EmbeddingModel) -> None:
    found = cosines(SentenceEmbedder(model, "cuda"), model)
    assert (found.mean() >= 0.9995, found.min() >= 0.999) == (True, True)
