import shutil
from pathlib import Path

import pytest
import torch

from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.sentence_embedder import SentenceEmbedder, finds_gpu


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
