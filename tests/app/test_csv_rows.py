"""CSV files of people and answers, read back as they were written; no cell is a formula."""

import csv
import io

import pytest

from app.csv_rows import csv_text, guarded, rows_of
from retrieval.errors import Unusable

HOSTILE = ["=1+1", "+44", "-2", "@SUM(A1)", "\t=1", "'=1+1", "''-x", "'quoted'", "it's", "a=b", ""]


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_calculate_begins_with_an_apostrophe(cell: str) -> None:
    _, row = csv.reader(io.StringIO(csv_text(("a",), [[cell]]), newline=""))
    assert row == [f"'{cell}"]


def test_other_cells_stay_as_they_are() -> None:
    assert [guarded(cell) for cell in ("a=b", "it's", "", "'quoted'", "a@b.example")] == [
        "a=b",
        "it's",
        "",
        "'quoted'",
        "a@b.example",
    ]


def test_what_was_written_is_read_back_the_same() -> None:
    file = csv_text(("cell", "other"), [(cell, "x") for cell in HOSTILE])
    assert rows_of(file.encode(), "f.csv", ("cell", "other"), "cells", lambda row, _: row["cell"]) == HOSTILE


def test_nothing_is_an_empty_cell_and_a_number_stays_one() -> None:
    assert csv_text(("a", "b"), [(None, -3)]) == "a,b\r\n,-3\r\n"


def test_a_file_that_is_no_text_is_refused_by_its_name() -> None:
    with pytest.raises(Unusable, match=r"answers\.csv cannot be read as UTF-8 text"):
        rows_of(b"\xff\xfe\x00", "answers.csv", ("a",), "answers", lambda row, _: row)
