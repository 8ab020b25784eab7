"""Reading CSV and TSV: rows of plain text, whatever parts the cells and however the quotes stand."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from ingest.decode import decode
from ingest.outline import Outline
from ingest.rows import MOST_ROWS, add_rows
from retrieval.document import Document

_DELIMITERS = ",;\t|"
_LOOKED_AT = 100  # lines
_TALLEST_CELL = 50  # lines; a quote that is open for longer was never closed
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_STATED = re.compile(r"sep=(.)")


def read_csv(data: bytes) -> Document:
    """Rows whose cells are parted by a comma, a semicolon, a tab or a bar, whichever fits best."""
    lines = _lines(data)
    stated = _STATED.fullmatch(lines[0])
    if stated:  # how a spreadsheet program is told
        return _document(lines[1:], stated.group(1))
    return _document(lines, max(_DELIMITERS, key=lambda delimiter: _fit(lines, delimiter)))


def read_tsv(data: bytes) -> Document:
    """Rows whose cells are parted by tabs."""
    return _document(_lines(data), "\t")


def _lines(data: bytes) -> list[str]:
    return decode(data if data.startswith(_MARKS) else data.replace(b"\0", b"")).split("\n")


def _document(lines: list[str], delimiter: str) -> Document:
    outline = Outline()
    rows = _rows(lines, delimiter)
    add_rows(outline, islice(rows, MOST_ROWS))
    if any(any(row) for row in rows):
        outline.block(f"Only the first {MOST_ROWS:,} rows of this table were read.")
    return outline.document()


def _fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many rows have the commonest number of cells, and that number. One cell is no table."""
    widths = Counter(len(row) for row in _rows(lines[:_LOOKED_AT], delimiter) if len(row) > 1)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


def _rows(lines: list[str], delimiter: str) -> Iterator[Sequence[str]]:
    """Cells may have line breaks between quotes; a line whose quote is never closed is a row as it stands."""
    start = 0
    while start < len(lines):
        height = _height(lines, start)
        record = lines[start : start + (height or 1)]
        try:
            found = list(csv.reader([f"{line}\n" for line in record], delimiter=delimiter)) if height else []
        except csv.Error:  # a cell longer than any should be
            found = []
        yield from found or [line.split(delimiter) for line in record]
        start += len(record)


def _height(lines: list[str], start: int) -> int:
    """How many lines it takes until each quote that was opened is closed; 0 if that never happens."""
    quotes = 0
    for height, line in enumerate(lines[start : start + _TALLEST_CELL], 1):
        quotes += line.count('"')
        if quotes % 2 == 0:
            return height
    return 0
