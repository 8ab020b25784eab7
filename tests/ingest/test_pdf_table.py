from ingest.pdf_layout import Line, in_order
from ingest.pdf_page import Page, Piece, Rule
from ingest.pdf_table import Item, Table, items_of


def piece(text: str, left: float, base: float, *, size: float = 10, bold: bool = False) -> Piece:
    return Piece(text, left, left + len(text) * size / 2, base, size, bold)


def rows(*items: Item) -> list[tuple[tuple[str, ...], ...]]:
    return [item.rows for item in in_order(items, 1) if isinstance(item, Table)]


def framed(xs: list[float], ys: list[float], *pieces: Piece) -> list[Item]:
    across = [Rule(xs[0], y, xs[-1], y + 0.5) for y in ys]
    down = [Rule(x, ys[-1], x + 0.5, ys[0]) for x in xs]
    return items_of(Page(1, 842, pieces, (*across, *down), pictured=False))


LEFT = ["Every employee may take", "one day off for moving", "house, if the new place", "is their main residence."]
RIGHT = ["A day off is also given", "for a wedding of one's", "own, and for a funeral", "in the close family."]


def test_a_table_without_rules_is_found_by_its_columns() -> None:
    cells = [("Country", "Days"), ("Norway", "25"), ("Spain", "23")]
    items = [
        piece(text, left, 700 - 15 * y)
        for y, row in enumerate(cells)
        for text, left in zip(row, (72, 200), strict=True)
    ]
    assert rows(piece("These are the days:", 72, 730), *items, piece("Ask the people team for others.", 72, 640)) == [
        (("Country", "Days"), ("Norway", "25"), ("Spain", "23"))
    ]


def test_a_cell_of_several_lines_is_one_cell() -> None:
    items = [
        *(piece("Country", 72, 720), piece("Remarks", 200, 720)),
        *(piece("Norway", 72, 700), piece("from the first day", 200, 700)),
        piece("of employment", 200, 688),
        *(piece("Spain", 72, 668), piece("after half a year", 200, 668)),
    ]
    assert rows(*items) == [
        (("Country", "Remarks"), ("Norway", "from the first day of employment"), ("Spain", "after half a year"))
    ]


def test_one_line_with_a_wide_space_is_no_table() -> None:
    assert rows(piece("Name", 72, 700), piece("Date", 300, 700), piece("Signed on the last page below.", 72, 680)) == []


def test_a_ruled_table_has_the_cells_between_its_rules() -> None:
    items = framed(
        [72, 200, 330],
        [720, 700, 660],
        *(piece("Country", 75, 705), piece("Remarks", 205, 705)),
        *(piece("Norway", 75, 685), piece("from the first", 205, 685), piece("day on", 205, 672)),
        piece("Below.", 75, 640),
    )
    assert [item.text if isinstance(item, Line) else item.rows for item in in_order(items, 1)] == [
        (("Country", "Remarks"), ("Norway", "from the first day on")),
        "Below.",
    ]


def test_an_empty_cell_keeps_its_place() -> None:
    cells = [
        piece("Item", 75, 705),
        piece("Lent", 205, 705),
        piece("Note", 335, 705),
        piece("Chair", 75, 685),
        piece("new", 335, 685),
    ]
    assert framed([72, 200, 330, 460], [720, 700, 680], *cells)[0].text == "Item Lent Note Chair  new"


def test_a_frame_around_text_is_no_table() -> None:
    assert framed([72, 330], [720, 660], piece("Important", 75, 705))[0] == piece("Important", 75, 705)


def test_tables_that_do_not_touch_are_two() -> None:
    page = Page(
        1,
        842,
        (*(piece(text, left, 705) for text, left in (("a", 75), ("b", 205), ("c", 405), ("d", 455))),),
        tuple(
            rule
            for xs in ([72, 200, 330], [400, 450, 500])
            for rule in (*(Rule(xs[0], y, xs[-1], y) for y in (700, 720)), *(Rule(x, 700, x, 720) for x in xs))
        ),
        pictured=False,
    )
    assert [item.rows for item in items_of(page) if isinstance(item, Table)] == [(("a", "b"),), (("c", "d"),)]
