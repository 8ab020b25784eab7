import json
from collections.abc import Iterator

import pytest

from ingest.slack_rows import rows
from retrieval.errors import Unreadable

VALUES = [{"text": "é 👋 ] , [", "n": 1.5}, "a", 12, None, [], {"b": [1, {"c": "\\"}]}]


def pieces(text: str | bytes, length: int) -> Iterator[bytes]:
    data = text.encode() if isinstance(text, str) else text
    return (data[start : start + length] for start in range(0, len(data), length))


@pytest.mark.parametrize("length", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("indent", [None, 2])
def test_the_rows_are_those_of_the_list_wherever_the_pieces_end(length: int, indent: int | None) -> None:
    text = json.dumps(VALUES, indent=indent, ensure_ascii=False)
    assert list(rows(pieces(text, length))) == VALUES


@pytest.mark.parametrize("text", ["[]", " [ ] \n", "\ufeff[]"])
def test_a_list_may_be_empty(text: str) -> None:
    assert list(rows(pieces(text, 2))) == []


def test_a_row_comes_before_the_next_piece_is_read() -> None:
    def told() -> Iterator[bytes]:
        yield b'[{"a": 1}, {"b"'
        raise AssertionError("read on")

    assert next(rows(told())) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}',
        '[{"a": 1},',
        "[1, 2,]",
        "[1 2]",
        "[1] [2]",
        '[{"a": }]',
        "[",
        "[tru]",
        b'["\xff"]',
        b'["\xc3',
        "[[1]",
    ],
)
def test_what_is_broken_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match="value|comma|list|utf-8"):
        list(rows(pieces(text, 3)))


@pytest.mark.parametrize("text", ["", "   ", '{"a": 1}', "null", "text"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="a list was expected"):
        list(rows(pieces(text, 3)))


def test_what_is_nested_too_deeply_is_refused() -> None:
    with pytest.raises(RecursionError):
        list(rows(pieces("[" * 100_000, 2**20)))


def test_a_row_too_large_is_refused_before_all_of_it_is_read() -> None:
    endless = iter([b'["'] + [b"a" * 2**20] * 1000)
    with pytest.raises(ValueError, match="too large"):
        list(rows(endless))
    assert len(list(endless)) > 900
