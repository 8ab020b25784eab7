"""Exporting a sentence-transformers model to OpenVINO, once, from the installed weights.

An export is trusted only when it gives torch's float32 vectors for a set of probes.
"""

import contextlib
import logging
import os
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.embedding_model import EmbeddingModel
from retrieval.errors import Unusable
from retrieval.openvino_embedder import OpenVinoEmbedder, quiet_openvino
from retrieval.sentence_embedder import load

_log = logging.getLogger(__name__)
_MODEL = "model.xml"
_SHAPE = "2"  # changes when the exported model's inputs or outputs do
_LEAST_COSINE, _LEAST_MEAN = 0.999, 0.9995
_PROBES = [
    "leave",
    "How many days of annual leave does a part-time employee have in the first year?",
    "Expense claims | within 30 days | line manager, then finance",
    "Whoever is ill for more than three days brings a doctor's certificate to the people team. " * 20,
    "Öffnungszeiten, congés payés, 有給休暇, 🎉",
    "",
]


def exported(model: EmbeddingModel, cache: Path) -> Path:
    """The exported model's file below `cache`; made now, in seconds, if it is not there.

    Raises:
        Unusable: it cannot be exported, or does not give torch's vectors. Embed with torch then.
    """
    openvino = quiet_openvino()
    folder = cache / f"{model.id}-openvino-{openvino.__version__.split('-')[0]}-{_SHAPE}"
    if (folder / _MODEL).is_file():
        return folder / _MODEL
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir(parents=True, exist_ok=True)
        torch_model = load(model, "cpu", attn_implementation="eager")
        _export(torch_model, temporary / _MODEL)
        _compare(torch_model, OpenVinoEmbedder(model, temporary / _MODEL))
        with contextlib.suppress(FileExistsError, OSError):  # another process was faster
            temporary.rename(folder)
    except OSError as exc:
        raise Unusable(f"The embedding model cannot be exported to {cache}: {exc.strerror}") from exc
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder / _MODEL


def _export(torch_model: Any, file: Path) -> None:
    import torch

    openvino = quiet_openvino()
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    class Embedding(torch.nn.Module):
        """Token ids and mask (n, tokens) to vectors (n, dim) and their tokens' vectors (n, tokens, dim)."""

        def __init__(self) -> None:
            super().__init__()
            self.model = torch_model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            """Run all modules: transformer, pooling, what else the model has."""
            features = self.model({"input_ids": input_ids, "attention_mask": attention_mask})
            return features["sentence_embedding"], features["token_embeddings"]

    ids = torch.ones((2, 16), dtype=torch.long)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # tracing warns of branches on shapes; the probes judge the result
        traced = TorchScriptPythonDecoder(
            Embedding().eval(), example_input={"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        )
    frontend = FrontEndManager().load_by_framework("pytorch")
    converted = frontend.convert(frontend.load(traced))
    for given in converted.inputs:
        given.get_node().set_partial_shape(openvino.PartialShape([-1, -1]))
        given.get_node().set_element_type(openvino.Type.i64)
    converted.validate_nodes_and_infer_types()
    openvino.save_model(converted, file, compress_to_fp16=False)


def _compare(torch_model: Any, embedder: OpenVinoEmbedder) -> None:
    ours = np.concatenate([embedder.passages(_PROBES), embedder.query(_PROBES[1])[None]])
    quiet = {"show_progress_bar": False}
    theirs = np.concatenate(
        [torch_model.encode_document(_PROBES, **quiet), torch_model.encode_query(_PROBES[1:2], **quiet)]
    )
    cosines = (ours * theirs).sum(axis=1) / np.linalg.norm(theirs, axis=1)
    _log.info("Exported; cosine to torch: mean %.6f, least %.6f", cosines.mean(), cosines.min())
    if not (cosines.mean() >= _LEAST_MEAN and cosines.min() >= _LEAST_COSINE):
        raise Unusable(f"The exported model gives other vectors than torch (least cosine {cosines.min():.4f})")
