"""CSV for spreadsheets; reading has its tests beside people and verified answers."""

import csv
import io

import pytest

from app.csv_rows import csv_text


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_a_row_is_read_back_as_it_was() -> None:
    assert read(csv_text(("uri", "answers"), [('a "b", c\nd', 3)])) == [["uri", "answers"], ['a "b", c\nd', "3"]]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_what_a_spreadsheet_would_compute_stays_text(begin: str) -> None:
    [_, [cell]] = read(csv_text(("title",), [(f"{begin}HYPERLINK(1)",)]))
    assert cell == f"'{begin}HYPERLINK(1)"


def test_numbers_stay_numbers() -> None:
    assert csv_text(("change",), [(-3,)]) == "change\r\n-3\r\n"
