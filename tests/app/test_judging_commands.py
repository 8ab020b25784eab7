"""`frontdesk finetune judge`, as a person runs it."""

import json
from pathlib import Path

import pytest

from tests.app.commands import Frontdesk, one_sentence
from tests.app.judging.examples import data_set


@pytest.mark.parametrize(
    "arguments", [("quoting",), ("nothing", "quoting"), ("http://127.0.0.1:9/v1", "quoting")], ids=str
)
def test_what_cannot_be_judged_is_told_in_a_sentence(
    at_office: Frontdesk, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    done = at_office("finetune", "judge", *arguments, "--data", str(data_set(tmp_path / "data")))
    assert done.code != 0
    assert one_sentence(done) or done.error.strip().splitlines()[-1].startswith("Error: ")


@pytest.mark.heavy
def test_a_judgement_is_printed_and_its_files_are_written(
    at_office: Frontdesk, llama_dir: Path, tmp_path: Path
) -> None:
    data, out, report = data_set(tmp_path / "data"), tmp_path / "out", tmp_path / "report.html"
    arguments = ("finetune", "judge", str(llama_dir), "quoting", "--data", str(data), "--out", str(out))
    done = at_office(*arguments, "--report", str(report))
    assert done.code == 0, done.error
    assert f"{llama_dir.name} is not shown better than quoting: cited-answer F1" in done.out
    assert "a command in a source is not followed" in done.out
    assert "but it fails what the other passes: " in done.out
    page = report.read_text()
    assert "<script" not in page
    assert page.count("data:image/png") == 4
    assert "Where they differ most" in page
    told = at_office(*arguments, "--json").json
    assert told["folder"] == str(out)
    assert json.loads((out / "verdict.json").read_text())["questions"] == 3
