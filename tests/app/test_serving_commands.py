"""`frontdesk models check`, `models bench` and `chat`."""

from pathlib import Path

import pytest

from tests.app.commands import Frontdesk, one_sentence


def test_a_check_is_a_table_and_with_json_one_object(
    frontdesk: Frontdesk, llama_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FRONTDESK_LLM", str(llama_dir))
    done = frontdesk("models", "check", "--json")
    assert (done.code, done.json["ok"]) == (0, True)
    assert {"name": "chat template", "ok": True, "found": "its own"} in done.json["checks"]


def test_a_check_of_a_broken_model_fails(frontdesk: Frontdesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_LLM", str(tmp_path))
    done = frontdesk("models", "check")
    assert done.code == 1
    assert "WRONG" in done.out


def test_a_bench_without_a_model_is_one_sentence(frontdesk: Frontdesk) -> None:
    done = frontdesk("models", "bench")
    assert done.code == 2
    assert one_sentence(done)
    assert "No language model is set" in done.error
