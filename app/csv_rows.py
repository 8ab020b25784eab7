"""CSV that a person keeps in a spreadsheet: read whole, or refused with the first line that is wrong; and written."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from retrieval.errors import Unusable

T = TypeVar("T")
Row = Mapping[str, str | None]


def read_rows(path: Path, columns: tuple[str, ...], of_what: str, made: Callable[[Row, str], T]) -> list[T]:
    """What `made` makes of each row and its place; the first line must name these columns.

    Raises:
        Unusable: the file cannot be read, is no such CSV, or `made` refuses a row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise Unusable(f"{path} cannot be read as UTF-8 text. A CSV file of {of_what} was expected") from exc
    rows = csv.DictReader(io.StringIO(text))
    if tuple(rows.fieldnames or ()) != columns:
        raise Unusable(f"{path} must begin with the line {','.join(columns)}, not {','.join(rows.fieldnames or ())!r}")
    try:
        return [made(row, f"{path} line {rows.line_num}") for row in rows]
    except csv.Error as exc:
        raise Unusable(f"{path} line {rows.line_num}: {exc}") from exc


_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of one (OWASP, CSV injection)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """CSV with a first line of column names; a text that a spreadsheet would compute is marked as text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell for cell in row])
    return written.getvalue()
