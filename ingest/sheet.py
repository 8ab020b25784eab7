"""Reading XLSX with openpyxl: each sheet that is shown is a section of rows."""

import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any

from ingest.ooxml import Package
from ingest.outline import Outline
from ingest.rows import MOST_ROWS, add_rows
from ingest.shown import shown
from retrieval.document import Document
from retrieval.errors import Unreadable
from retrieval.plain import folded

_MOST_CELLS = 2_000_000  # looked at, empty ones included
_LAST_ROW = 2**20  # of any sheet
# What openpyxl makes of files that are not as they should be.
_DAMAGE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def read_xlsx(data: bytes) -> Document:
    """Rows of the shown sheets with the results of formulas, up to a bound; what is left out is said at the end."""
    package = Package(data, "workbook")
    outline = Outline(package.title, package.facts)
    with warnings.catch_warnings(action="ignore"):
        try:
            _add_sheets(outline, data)
        except _DAMAGE as exc:
            raise Unreadable("it is damaged; open it in its program and save it again") from exc
    return outline.document()


def _add_sheets(outline: Outline, data: bytes) -> None:
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    book = load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    room = _Room()
    left_out = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        if not room.is_used_up:
            sheet.reset_dimensions()  # what a sheet says of its size is often wrong
            outline.heading(2, sheet.title, anchor=f"#sheet={sheet.title}")
            add_rows(outline, _without_empty_columns(list(room.filled(sheet.iter_rows(max_row=_LAST_ROW)))))
        if room.is_used_up:
            left_out.append(sheet.title)
    if left_out:
        outline.block(f"Only {MOST_ROWS:,} rows of this workbook were read. Incomplete: {', '.join(left_out)}.")


class _Room:
    """How much more may be read of one workbook."""

    def __init__(self) -> None:
        self._rows = MOST_ROWS
        self._cells = _MOST_CELLS
        self.is_used_up = False

    def filled(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[str]]:
        """The rows that hold something, as far as there is room for them."""
        for row in rows:
            texts = ["" if cell.value is None else folded(shown(cell.value, cell.number_format)) for cell in row]
            self._cells -= len(row)
            self._rows -= any(texts)
            if self._rows < 0 or self._cells < 0:
                self.is_used_up = True
                return
            if any(texts):
                yield texts


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    filled = sorted({column for row in rows for column, text in enumerate(row) if text})
    return [[row[column] for column in filled if column < len(row)] for row in rows]
