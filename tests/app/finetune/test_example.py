import json
from dataclasses import replace
from pathlib import Path

import pytest

from app.finetune.example import Example, SourceText, read_examples, to_line, write_examples
from retrieval.errors import Unusable
from retrieval.prompt import Message

LEAVE = Example(
    "a1",
    "answer",
    (Message("system", "Answer."), Message("user", "Sources:\n\n[1] Leave\n27 days."), Message("user", "How many?")),
    "27 days. [1]",
    (SourceText(1, "docs/leave.md", "Leave", "Urlaub für alle", "27 days."),),
    (1,),
    "template",
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    write_examples(file, [LEAVE, replace(LEAVE, id="a2")])
    assert list(read_examples(file)) == [LEAVE, replace(LEAVE, id="a2")]
    assert "Urlaub für alle" in file.read_text(encoding="utf-8")


def test_a_message_is_written_as_chat_templates_want_it() -> None:
    assert json.loads(to_line(LEAVE))["messages"][2] == {"role": "user", "content": "How many?"}


def test_the_question_is_the_last_message() -> None:
    assert LEAVE.question == "How many?"


def test_a_blank_line_is_no_example(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(f"\n{to_line(LEAVE)}\n\n", encoding="utf-8")
    assert list(read_examples(file)) == [LEAVE]


def broken(**changed: object) -> str:
    return json.dumps(json.loads(to_line(LEAVE)) | changed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{'id'", "one JSON object was expected"),
        ("[1, 2]", "a text 'id' was expected, not None"),
        (broken(answer=7), "a text 'answer' was expected, not 7"),
        (broken(answer=" "), "answer is empty"),
        (broken(kind="joke"), "kind is 'joke'; known are: answer, refusal, follow-up"),
        (broken(origin="web"), "origin is 'web'; known are: verified"),
        (broken(messages="hello"), "a list 'messages' was expected, not 'hello'"),
        (broken(messages=[]), "messages must end with the question of the user"),
        (broken(messages=[{"role": "tool", "content": "x"}]), "role is 'tool'; known are: system"),
        (broken(messages=[{"role": "user"}]), "a text 'content' was expected, not None"),
        (broken(passages=["x"]), "number of a passage: a whole number was expected, not None"),
        (broken(supports=["1"]), "supports: a whole number was expected, not '1'"),
        (broken(supports=[2]), "supports names [2], which is no number among the passages"),
    ],
)
def test_a_broken_line_is_named_with_what_was_expected(tmp_path: Path, line: str, expected: str) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text(f"{to_line(LEAVE)}\n{line}\n", encoding="utf-8")
    with pytest.raises(Unusable) as raised:
        list(read_examples(file))
    assert "line 2: " in str(raised.value)
    assert expected in str(raised.value)


def test_a_file_that_is_missing_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="cannot be read as a data set"):
        list(read_examples(tmp_path / "nothing.jsonl"))
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Unusable, match="cannot be read as a data set"):
        list(read_examples(tmp_path / "binary.jsonl"))
