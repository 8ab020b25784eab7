"""The record of a run: digests that change with what they name, and the versions."""

import json
import platform
from pathlib import Path

from app.finetune.run_record import RunRecord, versions


def test_the_versions_name_python_and_what_is_installed() -> None:
    found = versions()
    assert found["python"] == platform.python_version()
    assert {"torch", "transformers"} <= set(found)


def test_it_is_written_as_json(tmp_path: Path) -> None:
    RunRecord("LoRA", "llama", "1", "data", "2", {"seed": 7}, {"loss": 0.5}, {"python": "3"}).write(tmp_path)
    assert json.loads((tmp_path / "run.json").read_text()) == {
        "method": "LoRA",
        "base": "llama",
        "base_digest": "1",
        "data": "data",
        "data_digest": "2",
        "parameters": {"seed": 7},
        "metrics": {"loss": 0.5},
        "versions": {"python": "3"},
    }
