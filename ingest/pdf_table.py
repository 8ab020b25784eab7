"""Tables on a page of a PDF: between ruled lines, or by how words stand below each other. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.pdf_page import Page, Piece, Rule

_TOUCHING = 3.0  # points between the ends of rules that meet
_LONGEST_CELL = 1500  # characters; more stand in a frame around a page, not in a cell
_FURTHEST = 3.5  # widths of an em from one row to the next
_NEXT_LINE = 1.6  # the same from a line of a cell to its next one
_CLOSER = 0.85  # of the usual distance between rows: a line that goes on in the row above


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells. `base` is its upper end."""

    rows: tuple[tuple[str, ...], ...]
    left: float
    right: float
    base: float
    page: int
    size: float = 0.0
    bold: bool = False

    @property
    def text(self) -> str:
        """All cells."""
        return " ".join(cell for row in self.rows for cell in row)


Item = Piece | Table


def items_of(page: Page) -> list[Item]:
    """Tables inside rules, and the pieces that stand in none."""
    free = list(page.pieces)
    found: list[Item] = []
    for grid in _grids(page.rules):
        inside = [piece for piece in free if grid.holds(piece)]
        table = grid.table(inside, page.number)
        if table:
            found.append(table)
            free = [piece for piece in free if not grid.holds(piece)]
    return [*found, *free]


def rows_of(items: Iterable[Item]) -> list[list[Item]]:
    """What stands on one baseline, from top to bottom and left to right."""
    rows: list[list[Item]] = []
    for item in sorted(items, key=lambda item: (-item.base, item.left)):
        if rows and _stand_beside(rows[-1][0], item):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [sorted(row, key=lambda item: item.left) for row in rows]


def _stand_beside(one: Item, other: Item) -> bool:
    tables = isinstance(one, Table) or isinstance(other, Table)
    return not tables and abs(one.base - other.base) <= 0.4 * max(one.size, other.size)


def text_of(rows: Iterable[Iterable[Item]]) -> str:
    """What stands in the rows, one after the other."""
    return " ".join(item.text for row in rows for item in row)


def length_of_table(rows: list[list[Item]]) -> int:
    """How many rows from the first one on are a table without rules; 0 where they are none."""
    columns = [(item.left, item.right) for item in rows[0]]
    length = whole = 0
    for number, row in enumerate(rows):
        taken = _taken(columns, row) if _may_follow(rows, number, len(columns)) else None
        if taken is None:
            break
        columns = taken
        length = number + 1
        whole += len(row) > 1
    return length if whole > 1 else 0


def _may_follow(rows: list[list[Item]], number: int, columns: int) -> bool:
    row = rows[number]
    if columns < 2 or isinstance(row[0], Table):
        return False
    if number == 0:
        return True
    above = rows[number - 1][0]
    step = above.base - row[0].base
    return step <= (_FURTHEST if len(row) > 1 else _NEXT_LINE) * row[0].size and abs(above.size - row[0].size) < 0.5


def _taken(columns: list[tuple[float, float]], row: list[Item]) -> list[tuple[float, float]] | None:
    """The columns, widened by the row's pieces; None where one does not stand in exactly one column of its own."""
    widened = list(columns)
    used = set()
    for item in row:
        over = [n for n, (left, right) in enumerate(columns) if item.left < right and left < item.right]
        if len(over) != 1 or over[0] in used:
            return None
        used.add(over[0])
        left, right = widened[over[0]]
        widened[over[0]] = min(left, item.left), max(right, item.right)
    return widened if all(one[1] < other[0] for one, other in pairwise(widened)) else None


def aligned(rows: list[list[Item]], page: int) -> Table:
    """The cells of a table without rules; a line that stands closer than rows do goes on in the row above."""
    columns = [(item.left, item.right) for item in rows[0]]
    for row in rows:
        columns = _taken(columns, row) or columns
    lefts = [left for left, _ in columns]
    step = median([above[0].base - below[0].base for above, below in pairwise(rows) if len(below) > 1])
    cells: list[list[list[str]]] = []
    for number, row in enumerate(rows):
        places = [bisect_right(lefts, item.left) - 1 for item in row]
        closer = number > 0 and rows[number - 1][0].base - row[0].base < _CLOSER * step
        if number == 0 or not (closer or (len(row) == 1 and places[0] > 0)):
            cells.append([[] for _ in columns])
        for place, item in zip(places, row, strict=True):
            cells[-1][place].append(item.text)
    made = tuple(tuple(" ".join(cell) for cell in row) for row in cells)
    return Table(made, columns[0][0], columns[-1][1], rows[0][0].base, page, rows[0][0].size)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the columns and rows of a ruled table begin and end, in ascending order."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]

    def holds(self, piece: Piece) -> bool:
        middle = piece.base + piece.size / 4
        return self.xs[0] - 1 <= piece.left < self.xs[-1] and self.ys[0] <= middle <= self.ys[-1]

    def table(self, pieces: list[Piece], page: int) -> Table | None:
        cells: dict[tuple[int, int], list[Piece]] = {}
        for piece in pieces:
            down = len(self.ys) - 1 - bisect_right(self.ys, piece.base + piece.size / 4)
            across = bisect_right(self.xs, piece.left + 1) - 1
            cells.setdefault((down, across), []).append(piece)
        filled = {place: text_of(rows_of(found)) for place, found in cells.items()}
        if len({across for _, across in filled}) < 2 or max(map(len, filled.values())) > _LONGEST_CELL:
            return None
        rows = (
            tuple(filled.get((down, across), "") for across in range(len(self.xs) - 1))
            for down in range(len(self.ys) - 1)
        )
        return Table(tuple(row for row in rows if any(row)), self.xs[0], self.xs[-1], self.ys[-1], page)


def _grids(rules: Sequence[Rule]) -> Iterator[_Grid]:
    """One for each group of rules that touch, where they part at least two columns."""
    groups: list[list[Rule]] = []
    for rule in rules:
        touched = [group for group in groups if any(_touch(rule, other) for other in group)]
        groups = [group for group in groups if group not in touched]
        groups.append([rule, *(other for group in touched for other in group)])
    for group in groups:
        xs = _places(rule.left for rule in group if not rule.across)
        ys = _places(rule.bottom for rule in group if rule.across)
        if len(xs) > 2 and len(ys) > 1:
            yield _Grid(xs, ys)


def _touch(one: Rule, other: Rule) -> bool:
    return (
        one.left <= other.right + _TOUCHING
        and other.left <= one.right + _TOUCHING
        and one.bottom <= other.top + _TOUCHING
        and other.bottom <= one.top + _TOUCHING
    )


def _places(found: Iterable[float]) -> tuple[float, ...]:
    places: list[float] = []
    for place in sorted(found):
        if not places or place - places[-1] > _TOUCHING:
            places.append(place)
    return tuple(places)
