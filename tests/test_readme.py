"""The README's code runs as it stands there."""

import re
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.settings import Settings

README = Path(__file__).parent.parent / "README.md"


def code_with(words: str) -> str:
    blocks: list[str] = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if words in block)


def test_the_langchain_retriever_of_the_readme_finds_the_sample_companys_sabbatical(
    sample: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    code = code_with("FrontdeskRetriever").replace('Path("my-home")', f'Path("{sample.settings.home}")')
    exec(compile(code, str(README), "exec"), {})
    lines = capsys.readouterr().out
    assert "Sabbatical" in lines
    assert "at most 3 months" in lines


def test_the_langchain_example_of_the_readme_has_at_most_ten_lines() -> None:
    assert len([line for line in code_with("FrontdeskRetriever").splitlines() if line.strip()]) <= 10


def test_every_setting_is_in_the_readme() -> None:
    table = README.read_text(encoding="utf-8").split("## Settings")[1].split("## ")[0]
    missing = [name for name in Settings.model_fields if name != "demo" and f"`{name}`" not in table]
    assert missing == []
