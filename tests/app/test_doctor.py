"""The doctor looks at everything, and one trouble does not hide another."""

import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from app import doctor
from app.bootstrap import Home
from app.doctor import Examination, examine
from app.settings import Settings
from ingest.jail import LIMITS
from retrieval.errors import FrontdeskError


@pytest.fixture(autouse=True)
def _no_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def found(examination: Examination) -> dict[str, str]:
    return {check.name: check.found for check in examination.checks}


def test_a_healthy_home_is_fine(office: Home) -> None:
    report = examine(office.settings)
    assert report.ok
    assert found(report)["ledger"] == "5 documents, 6 chunks"
    assert found(report)["home"] == f"{office.settings.home}, mode 700"
    assert found(report)["answers come from"] == "quoting"


def test_an_empty_home_says_what_to_do_next(tmp_path: Path) -> None:
    assert (
        found(examine(Settings(home=tmp_path / "home")))["ledger"] == "0 documents, 0 chunks; frontdesk ingest FOLDER"
    )


def install(folder: Path, name: str, version: str) -> None:
    """What pip notes of a package; the package itself is not there."""
    noted = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    noted.mkdir()
    (noted / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")


def test_the_one_build_of_faiss_is_named(tmp_path: Path) -> None:
    assert found(examine(Settings(home=tmp_path / "home")))["faiss"] == f"faiss-cpu {metadata.version('faiss-cpu')}"


def test_two_builds_of_faiss_are_wrong_and_the_cure_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "faiss-gpu-cu12", "1.14.1")
    monkeypatch.syspath_prepend(str(tmp_path))
    report = examine(Settings(home=tmp_path / "home"))
    assert [check.name for check in report.checks if not check.ok] == ["faiss"]
    assert found(report)["faiss"] == (
        "faiss-cpu and faiss-gpu-cu12 are installed over each other. Run: pip uninstall faiss-cpu faiss-gpu-cu12; "
        "then pip install 'frontdesk[cpu]', or 'frontdesk[gpu]' where there is a GPU"
    )


def test_a_machine_without_faiss_is_told_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "numpy", "2.4")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(FrontdeskError, match=r"FAISS is not installed\. Run: pip install 'frontdesk\[cpu\]'"):
        doctor._faiss()


def test_the_limits_under_which_documents_are_read_are_shown(tmp_path: Path) -> None:
    shown = found(examine(Settings(home=tmp_path / "home")))["reading documents apart"]
    held, _, missing = shown.removeprefix("limited: ").partition("; not limited here: ")
    assert held.startswith("time, output")
    assert {*held.split(", "), *filter(None, missing.split(", "))} == set(LIMITS)


def test_a_reading_process_that_cannot_be_started_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    report = examine(Settings(home=tmp_path / "home"))
    assert [check.name for check in report.checks if not check.ok] == ["reading documents apart"]


def test_what_computes_the_vectors_is_shown(tmp_path: Path) -> None:
    shown = found(examine(Settings(home=tmp_path / "home")))["embedder"]
    assert re.fullmatch(r"all-MiniLM-L6-v2@\w+, 384 dimensions, OpenVINO on the processor, (bf16|f32)", shown)


def test_one_trouble_does_not_hide_another(tmp_path: Path) -> None:
    report = examine(Settings(home=tmp_path / "home", embedder="/nowhere/minilm", llm="/nowhere/llama"))
    wrong = [check.name for check in report.checks if not check.ok]
    assert not report.ok
    assert {"embedder", "answers come from"} <= set(wrong)
    assert {"home", "ledger"} & set(wrong) == set()


def test_every_setting_is_listed_with_value_origin_and_meaning(tmp_path: Path) -> None:
    rows = {row[0]: row[1:] for row in examine(Settings(home=tmp_path / "home", port=9000)).settings}
    assert set(rows) == set(Settings.model_fields)
    assert rows["port"] == ("9000", "default", "The server's port on 127.0.0.1")
    assert rows["slack_bot_token"] == ("", "default", "The Slack app's bot token; empty: no bot")
