"""The doctor looks at everything, and one trouble does not hide another."""

from pathlib import Path

import pytest

from app.bootstrap import Home
from app.doctor import Examination, examine
from app.settings import Settings


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
