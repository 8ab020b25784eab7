from pathlib import Path

import pytest

from app.finetune.questions_file import Written, read_questions
from retrieval.errors import Unusable


def test_a_spreadsheet_holds_questions_answers_and_sources(tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    file.write_text("question,answer,sources\nMay I?,You may.,a.md; b.md\nWho knows?,,\n", encoding="utf-8")
    assert read_questions(file) == [Written("May I?", "You may.", ("a.md", "b.md")), Written("Who knows?", "", ())]


def test_lines_of_json_hold_the_same(tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text('{"question": "May I?", "answer": "You may.", "sources": ["a.md"]}\n\n{"question": "Who?"}\n')
    assert read_questions(file) == [Written("May I?", "You may.", ("a.md",)), Written("Who?", "", ())]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.csv", "question,answer\nMay I?,Yes\n", "must begin with the line question,answer,sources"),
        ("a.csv", "question,answer,sources\nMay I?,Yes\n", "line 2: 3 columns were expected"),
        ("a.csv", "question,answer,sources\n,Yes,\n", "line 2: a question was expected"),
        ("a.csv", "question,answer,sources\n", "holds no questions"),
        ("a.jsonl", '{"question": "May I?"}\n{"question"', "line 2: one JSON object was expected"),
        ("a.jsonl", '["May I?"]', 'line 1: an object with "question"'),
        ("a.jsonl", '{"question": "May I?", "sources": "a.md"}', 'line 1: "answer" is a text and "sources" a list'),
        ("a.jsonl", '{"question": " "}', "line 1: a question was expected"),
    ],
)
def test_the_first_wrong_line_is_told(tmp_path: Path, name: str, text: str, expected: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(Unusable) as raised:
        read_questions(tmp_path / name)
    assert expected in str(raised.value)


@pytest.mark.parametrize("name", ["nothing.csv", "nothing.jsonl"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable, match="cannot be read"):
        read_questions(tmp_path / name)
