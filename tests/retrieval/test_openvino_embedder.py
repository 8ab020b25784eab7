import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from retrieval.embedder import Embedder
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.errors import Unusable
from retrieval.openvino_embedder import OpenVinoEmbedder
from retrieval.openvino_export import exported
from tests.conftest import CACHE


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


def test_batches_that_run_side_by_side_keep_their_order(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"Rule {number}: {'ask the people team. ' * (number % 5)}" for number in range(40)]
    alone = np.stack([embedder.passages([text])[0] for text in texts])
    monkeypatch.setattr("retrieval.openvino_embedder.BATCH_TOKENS", 64)
    before = embedder.tokens_read
    together = embedder.passages(texts)
    assert (together * alone).sum(axis=1).min() > 0.999
    assert (np.stack([one.vector for one in embedder.read(texts)]) * alone).sum(axis=1).min() > 0.999
    assert embedder.tokens_read - before == 2 * sum(embedder.tokens(text) + 2 for text in texts)


def test_a_damaged_export_says_what_to_delete(tmp_path: Path) -> None:
    file = tmp_path / "model.xml"
    file.write_text("no model")
    with pytest.raises(Unusable, match="Delete its folder"):
        OpenVinoEmbedder(EmbeddingModel(installed_minilm()), file).query("leave")


def test_openvino_is_loaded_without_what_reports_its_use() -> None:
    # It looked up its makers' statistics server when it was imported.
    script = """
import sys
from retrieval.openvino_embedder import quiet_openvino
quiet_openvino()
print(sys.modules["openvino_telemetry"], "openvino" in sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["None", "True"]


_TO_ITS_END = """
import gc, sys
from pathlib import Path
from retrieval.embedding_model import EmbeddingModel, installed_minilm
from retrieval.openvino_embedder import OpenVinoEmbedder, quiet_openvino
CompiledModel = quiet_openvino().CompiledModel
CompiledModel.__del__ = lambda self: print("freed")
for _ in range(2):
    OpenVinoEmbedder(EmbeddingModel(installed_minilm()), Path(sys.argv[1])).query("leave")
print(sum(isinstance(one, CompiledModel) for one in gc.get_objects()), "compiled")
"""


def test_a_model_is_compiled_once_and_not_freed_at_the_end_of_the_process() -> None:
    # `frontdesk ingest` died of a segmentation fault in the destructor of a compiled model, after all its work.
    file = exported(EmbeddingModel(installed_minilm()), CACHE / "frontdesk")
    ran = subprocess.run([sys.executable, "-c", _TO_ITS_END, file], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == ["1 compiled"]


_FIRST_TOGETHER = """
import os, sys, threading
import numpy as np
from retrieval.openvino_embedder import quiet_openvino
openvino = quiet_openvino()
from openvino import opset13
ids = opset13.parameter([-1, -1], np.int64)
model = openvino.Core().compile_model(openvino.Model([opset13.convert(ids, "f32")], [ids]), "CPU")
together = threading.Barrier(4)
def infer(request):
    together.wait()
    request.infer({0: np.zeros((32, 64), np.int64)}, share_outputs=True)
sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=infer, args=(model.create_infer_request(),)) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
os._exit(0)
"""


@pytest.mark.slow
def test_threads_that_are_first_together_do_not_wait_for_each_other_forever() -> None:
    # An ingestion hung: OpenVINO's binding to numpy, made at its first use, deadlocks when two threads make it at once.
    # One process in ten did so before the binding was made at import.
    for _ in range(40):
        subprocess.run([sys.executable, "-c", _FIRST_TOGETHER], check=True, timeout=15)
