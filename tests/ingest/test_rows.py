from ingest.outline import Outline
from ingest.rows import add_rows
from retrieval.document import Block


def blocks(*rows: list[str]) -> list[Block]:
    outline = Outline("T")
    add_rows(outline, rows)
    return [block for section in outline.document().sections for block in section.blocks]


def test_each_row_leads_with_the_header() -> None:
    assert blocks(["Country", "Days"], ["Germany", "30"], ["Portugal", " 22\n"]) == [
        Block("Country | Days"),
        Block("Germany | 30", "Country | Days", joined=True),
        Block("Portugal | 22", "Country | Days", joined=True),
    ]


def test_what_stands_alone_above_the_header_is_a_line_of_its_own() -> None:
    assert blocks(["Leave 2026", "", ""], [], ["Country", "Days", ""], ["Germany", "30"]) == [
        Block("Leave 2026"),
        Block("Country | Days"),
        Block("Germany | 30", "Country | Days", joined=True),
    ]


def test_cells_stay_in_their_columns() -> None:
    assert [block.text for block in blocks(["a", "b", "c"], ["", "2", ""], ["1", "", "3"], ["", "", ""])] == [
        "a | b | c",
        " | 2",
        "1 |  | 3",
    ]


def test_a_single_column_has_no_header() -> None:
    assert blocks(["a"], ["b"]) == [Block("a"), Block("b")]
