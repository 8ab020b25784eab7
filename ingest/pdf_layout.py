"""Where text stands on a page says how it is read: columns, lines, and tables with or without rules. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.pdf_page import Piece
from ingest.pdf_table import Item, Table, aligned, length_of_table, rows_of, text_of

_BULLET = re.compile(r"[•◦▪■●○‣⁃∙·*–—o-]")
_NUMBER = re.compile(r"\(?\d{1,3}[.)]?|\(?[a-zA-Z][.)]|\d{1,2}(?:\.\d{1,2})+\.?")
_PROSE = 3.5  # words that the lines of a text column have on average
_COLUMN_LINES = 3  # fewer lines side by side are no columns
_MARKED = 4.0  # widths of an em between a list's marker and its text at most
_MOST_GUTTERS = 8  # that are tried
_MOST_PIECES = 4000  # of a page whose columns are looked for


@dataclass(frozen=True, slots=True)
class Line:
    """A line of running text. `edge` is where lines of its column end; `first` says that its column begins."""

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    page: int
    edge: float = 0.0
    leading: float = 0.0
    first: bool = False


def in_order(items: Sequence[Item], page: int) -> Iterator[Line | Table]:
    """Lines and tables as they are read."""
    for region in _regions(items):
        yield from _lines(region, page)


def _regions(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Columns in reading order. What reaches over the space between two columns parts what is above from below."""
    for gutter in _gutters(items):
        bands = list(_bands(items, gutter))
        if any(_sides(band, gutter) for band in bands):
            break
    else:
        yield from [list(items)] if items else []
        return
    plain: list[Item] = []
    for band in bands:
        sides = _sides(band, gutter)
        if not sides:
            plain += band
            continue
        yield from [plain] if plain else []
        plain = []
        for side in sides:
            yield from _regions(side)
    yield from [plain] if plain else []


def _gutters(items: Sequence[Item]) -> list[float]:
    """The middles of spaces that neighbours have between them, those of most neighbours first."""
    if len(items) > _MOST_PIECES:
        return []
    gaps = [(one.right, other.left) for row in rows_of(items) for one, other in pairwise(row) if one.right < other.left]
    found: dict[float, int] = {}
    for _, end in sorted(gaps):
        within = [gap for gap in gaps if gap[0] < end <= gap[1]]
        if len(within) >= _COLUMN_LINES:
            found.setdefault((max(gap[0] for gap in within) + end) / 2, len(within))
    return sorted(found, key=lambda gutter: -found[gutter])[:_MOST_GUTTERS]


def _bands(items: Sequence[Item], gutter: float) -> Iterator[list[Item]]:
    band: list[Item] = []
    usual = median(item.size for item in items)
    for item in sorted(items, key=lambda item: -item.base):
        if item.left < gutter < item.right or _stands_alone(item, items, gutter, usual):
            yield band
            yield [item]
            band = []
        else:
            band.append(item)
    yield band


def _stands_alone(item: Item, items: Sequence[Item], gutter: float, usual: float) -> bool:
    """Whether it is a short heading over both columns: nothing stands beside it."""
    if isinstance(item, Table) or not (item.bold or item.size > usual * 1.1):
        return False
    return not any(
        (other.left < gutter) != (item.left < gutter) and abs(other.base - item.base) < 1.5 * item.size
        for other in items
    )


def _sides(band: list[Item], gutter: float) -> list[list[Item]]:
    """What stands left and right of the gutter, where both are running text; nothing otherwise."""
    sides = [[item for item in band if item.right <= gutter], [item for item in band if item.left >= gutter]]
    return sides if all(_is_prose(side) for side in sides) else []


def _is_prose(side: list[Item]) -> bool:
    words = [item.words for item in side if isinstance(item, Piece)]
    return len(words) >= _COLUMN_LINES and sum(words) / len(words) >= _PROSE


def _lines(region: list[Item], page: int) -> Iterator[Line | Table]:
    rows = [_marked(row) for row in rows_of(region)]
    edge = max(item.right for item in region)
    leading = _leading(rows)
    first, place = True, 0
    while place < len(rows):
        length = length_of_table(rows[place:])
        opening = rows[place][0]
        if isinstance(opening, Table):
            yield opening
        elif length > 1:
            yield aligned(rows[place : place + length], page)
        else:
            yield _line(rows[place], page, edge, leading, first=first)
        first, place = False, place + max(length, 1)


def _line(row: list[Item], page: int, edge: float, leading: float, *, first: bool) -> Line:
    widest = max(row, key=lambda item: len(item.text))
    bold = all(item.bold for item in row)
    return Line(text_of([row]), row[0].left, row[-1].right, widest.base, widest.size, bold, page, edge, leading, first)


def _leading(rows: list[list[Item]]) -> float:
    """From one line of a paragraph to the next: the smaller quarter of all distances, as others stand between them."""
    steps = sorted(
        above[0].base - below[0].base for above, below in pairwise(rows) if abs(above[0].size - below[0].size) < 0.5
    )
    return steps[len(steps) // 4] if steps else 0.0


def _marked(row: list[Item]) -> list[Item]:
    """A list's marker and its text are one piece."""
    if len(row) < 2 or row[1].left - row[0].right > _MARKED * row[1].size:
        return row
    marker, text = row[0].text, row[1]
    if _BULLET.fullmatch(marker):
        marker = "-"
    elif not _NUMBER.fullmatch(marker) or (marker.isdigit() and not text.bold):  # digits alone may be a cell
        return row
    joined = Piece(f"{marker} {text.text}", row[0].left, text.right, text.base, text.size, text.bold)
    return [joined, *row[2:]]
