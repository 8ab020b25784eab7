"""The record of a run: digests that change with what they name, and the versions."""

import hashlib
import json
import platform
from pathlib import Path

from app.finetune.run_record import RunRecord, digest, versions


def test_a_digest_is_of_names_and_bytes_in_any_order(tmp_path: Path) -> None:
    one, two = tmp_path / "a.json", tmp_path / "b.json"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    lines = "".join(
        f"{name}\0{hashlib.sha256(held).hexdigest()}\n" for name, held in (("a.json", b"1"), ("b.json", b"2"))
    )
    assert digest(one, two) == digest(two, one) == hashlib.sha256(lines.encode()).hexdigest()


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
