"""CSV files that a person keeps in a spreadsheet: read whole, or refused with the first line that is wrong; written."""

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from retrieval.errors import Unusable

T = TypeVar("T")
Row = Mapping[str, str | None]
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of one (OWASP, CSV injection)


def content_of(path: Path, of_what: str) -> bytes:
    """The file's content.

    Raises:
        Unusable: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as exc:
        raise Unusable(f"{path} cannot be read: {exc.strerror}. A CSV file of {of_what} was expected") from exc


def read_rows(path: Path, columns: tuple[str, ...], of_what: str, made: Callable[[Row, str], T]) -> list[T]:
    """What `made` makes of each row of a file and its place.

    Raises:
        Unusable: the file cannot be read, is no such CSV, or `made` refuses a row.
    """
    return rows_of(content_of(path, of_what), str(path), columns, of_what, made)


def rows_of(data: bytes, name: str, columns: tuple[str, ...], of_what: str, made: Callable[[Row, str], T]) -> list[T]:
    """What `made` makes of each row and its place; the first line must name these columns.

    `name` is how messages call the file.

    Raises:
        Unusable: it is no such CSV, or `made` refuses a row.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unusable(f"{name} cannot be read as UTF-8 text. A CSV file of {of_what} was expected") from exc
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        if tuple(rows.fieldnames or ()) != columns:
            begins = ",".join(rows.fieldnames or ())
            raise Unusable(f"{name} must begin with the line {','.join(columns)}, not {begins!r}")
        return [made(_unguarded(row), f"{name} line {rows.line_num}") for row in rows]
    except csv.Error as exc:
        raise Unusable(f"{name} line {rows.line_num}: {exc}") from exc


def csv_text(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """CSV with a first line of column names; a text that a spreadsheet would compute begins with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


def guarded(cell: str) -> str:
    """The cell, as text even to a spreadsheet."""
    return f"'{cell}" if cell.startswith(_FORMULA) or _is_guarded(cell) else cell


def _is_guarded(cell: str) -> bool:
    return cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)


def _unguarded(row: Row) -> Row:
    """Without the apostrophe that `csv_text` put there, so that what was exported can be imported."""
    return {name: cell[1:] if isinstance(cell, str) and _is_guarded(cell) else cell for name, cell in row.items()}
