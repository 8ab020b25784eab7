"""Rows of a table as blocks: cells beside each other, the header row as the lead of each row below it."""

from collections.abc import Iterable, Sequence

from ingest.outline import Outline
from retrieval.plain import folded

MOST_ROWS = 20_000  # of one document
_BETWEEN_CELLS = " | "


def add_rows(outline: Outline, rows: Iterable[Sequence[str]]) -> None:
    """The first row with several cells is the header; what stands alone above it is a line of its own."""
    header = ""
    for row in rows:
        cells = [folded(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        text = _BETWEEN_CELLS.join(cells)
        outline.block(text, lead=header, joined=bool(header))
        if not header and sum(map(bool, cells)) > 1:
            header = text
