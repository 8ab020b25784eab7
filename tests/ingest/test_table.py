import pytest

from ingest.rows import MOST_ROWS
from ingest.table import read_csv, read_tsv
from retrieval.document import Block, Document


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def texts(data: str) -> list[str]:
    return [block.text for block in blocks(read_csv(data.encode()))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_what_parts_the_cells_is_found_out(delimiter: str) -> None:
    text = "Country,Days,Note\nGermany,30,a b\nPortugal,22,\n".replace(",", delimiter)
    assert blocks(read_csv(text.encode())) == [
        Block("Country | Days | Note"),
        Block("Germany | 30 | a b", "Country | Days | Note", joined=True),
        Block("Portugal | 22", "Country | Days | Note", joined=True),
    ]


def test_commas_within_the_cells_part_nothing() -> None:
    assert texts("Country;Days\nGermany;1,5\nItaly, north;2,5\n") == [
        "Country | Days",
        "Germany | 1,5",
        "Italy, north | 2,5",
    ]


def test_a_first_line_that_says_what_parts_the_cells_is_believed() -> None:
    assert texts("sep=|\na,b|c,d\ne,f|g,h\n") == ["a,b | c,d", "e,f | g,h"]


def test_a_tsv_is_parted_by_tabs_only() -> None:
    data = b"Country\tNote\nItaly\tone, two, three\nMalta\tone; two\n"
    assert [block.text for block in blocks(read_tsv(data))] == [
        "Country | Note",
        "Italy | one, two, three",
        "Malta | one; two",
    ]


def test_ragged_rows_lose_nothing() -> None:
    assert texts("a,b,c\n1,2\n\n3,4,5,6\n,,7\n") == ["a | b | c", "1 | 2", "3 | 4 | 5 | 6", " |  | 7"]


def test_quotes_hold_cells_together_over_lines() -> None:
    assert texts('a,b\n"one, two\n\nthree ""x""",4\n5,6\n') == ["a | b", 'one, two three "x" | 4', "5 | 6"]


def test_a_quote_that_is_never_closed_holds_nothing_together() -> None:
    rows = "".join(f"{number},x\n" for number in range(100))
    found = texts(f'a,b\n1,"two\n{rows}')
    assert (found[:3], len(found)) == (["a | b", '1 | "two', "0 | x"], 102)


def test_a_cell_of_any_length_is_read() -> None:
    assert texts("a,b\n" + "x" * 200_000 + ",y\n")[1] == "x" * 200_000 + " | y"


def test_cells_that_look_like_formulas_are_text() -> None:
    assert texts("name,note\n=1+1,@SUM(A1)\n+1,-2\n") == ["name | note", "=1+1 | @SUM(A1)", "+1 | -2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_is_read(encoding: str) -> None:
    data = "Büro;Tage\nMünchen grüßt;30\nKöln für alle;28\n".encode(encoding)
    assert [block.text for block in blocks(read_csv(data))] == [
        "Büro | Tage",
        "München grüßt | 30",
        "Köln für alle | 28",
    ]


def test_null_bytes_are_nothing() -> None:
    data = "Büro,Tage\nMün\0chen grüßt,30\nKöln für alle,\0\n".encode("cp1252")
    assert [block.text for block in blocks(read_csv(data))] == ["Büro | Tage", "München grüßt | 30", "Köln für alle"]


def test_after_many_rows_the_rest_is_said_to_be_left_out() -> None:
    rows = "".join(f"{number},x\n" for number in range(1, MOST_ROWS))
    whole = texts(f"a,b\n{rows}\n\n")
    assert (len(whole), whole[-1]) == (20_000, "19999 | x")
    cut = texts(f"a,b\n{rows}20000,x\n20001,x\n")
    assert (len(cut), cut[-2:]) == (20_001, ["19999 | x", "Only the first 20,000 rows of this table were read."])
