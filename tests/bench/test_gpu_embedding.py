"""The measurement that is taken to a bare machine with a GPU; here without one and with little installed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.embedding_model import EmbeddingModel, installed_minilm
from tests.bench.gpu_embedding import half_copy

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
# What a machine with torch and sentence-transformers does not have.
ON_A_BARE_MACHINE = """
import runpy, sys
for name in ("langchain_core", "langchain_text_splitters", "faiss", "pymilvus", "sqlalchemy", "openvino", "alembic",
             "pydantic", "platformdirs", "markdown_it", "snowballstemmer", "fastapi", "streamlit", "langsmith"):
    sys.modules[name] = None
runpy.run_module("tests.bench.gpu_embedding", run_name="__main__", alter_sys=True)
"""


def test_a_half_precision_copy_is_measured_on_a_bare_machine(tmp_path: Path) -> None:
    half_copy(installed_minilm(), tmp_path / "half")
    assert (tmp_path / "half" / "model.safetensors").stat().st_size < 46e6
    assert EmbeddingModel(tmp_path / "half").dim == 384
    options = ["--weights", str(tmp_path / "half"), "--device", "cpu", "--texts", "6", "--repeats", "1"]
    command = [sys.executable, "-c", ON_A_BARE_MACHINE, *options]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    told = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]  # libraries talk too
    rows = {row["what"]: row for row in told}
    assert rows["ours, text to vector"]["median"] > 0
    assert rows["cosine to float32, ours"]["min"] > 0.999
    assert rows["FAISS on a GPU"]["available"] is False
    assert rows["machine"]["device"]
