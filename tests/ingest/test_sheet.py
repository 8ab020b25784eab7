import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from ingest.sheet import read_xlsx
from retrieval.document import Block, Document
from retrieval.errors import Unreadable
from tests.ingest.office import zipped


def saved(book: Workbook) -> bytes:
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def changed(data: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """The workbook with one part changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        parts = {one: whole.read(one) for one in whole.namelist()}
    return zipped({**parts, name: change(parts[name].decode()).encode()})


def one_sheet(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def texts(data: bytes) -> list[str]:
    return [block.text for block in blocks(read_xlsx(data))]


def test_each_sheet_is_a_section_whose_rows_lead_with_the_header() -> None:
    book = Workbook()
    book.active.title = "Leave"
    for row in (["Country", "Days"], ["Germany", 30], ["Portugal", 22.5]):
        book.active.append(row)
    book.create_sheet("Empty")
    book.create_sheet("Pay day").append(["Last Friday"])
    found = [section for section in read_xlsx(saved(book)).sections if section.blocks]
    assert [section.heading_path for section in found] == [("Leave",), ("Pay day",)]
    assert found[0].blocks == (
        Block("Country | Days", anchor="#sheet=Leave"),
        Block("Germany | 30", "Country | Days", "#sheet=Leave", joined=True),
        Block("Portugal | 22.5", "Country | Days", "#sheet=Leave", joined=True),
    )
    assert found[1].blocks == (Block("Last Friday", anchor="#sheet=Pay day"),)


def test_the_title_is_the_stated_one() -> None:
    book = Workbook()
    book.active.append(["a"])
    book.properties.title = "Leave 2026"
    assert read_xlsx(saved(book)).title == "Leave 2026"
    book.properties.title = "Workbook1"
    assert read_xlsx(saved(book)).title == ""


def test_values_are_as_people_see_them() -> None:
    book = Workbook()
    book.active.append([date(2026, 1, 31), 0.125, datetime(2026, 5, 1, 9, 30), True, 1234.5, "=x", None])  # noqa: DTZ001
    for cell, number_format in zip(book.active[1], ("", "0.0%", "", "", '#,##0.00 "€"', ""), strict=False):
        cell.number_format = number_format or cell.number_format
    book.active["F1"].data_type = "s"
    assert texts(saved(book)) == ["2026-01-31 | 12.5% | 2026-05-01 09:30 | TRUE | 1,234.50 € | =x"]


def test_a_formula_is_its_last_result() -> None:
    data = one_sheet(["Days", "Sum"], [30, "=A2*2"])
    calculated = changed(
        data,
        "xl/worksheets/sheet1.xml",
        lambda part: part.replace("<v />", "<v>60</v>").replace("<v></v>", "<v>60</v>"),
    )
    assert texts(calculated) == ["Days | Sum", "30 | 60"]


def test_empty_rows_and_columns_are_left_out() -> None:
    data = one_sheet([], [None, "Country", None, "Days"], [], [None, "Italy", None, 20], [None, None, " ", 21])
    assert texts(data) == ["Country | Days", "Italy | 20", " | 21"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_left_out(state: str) -> None:
    book = Workbook()
    book.active.append(["a"])
    secret = book.create_sheet("Secret")
    secret.append(["b"])
    secret.sheet_state = state
    assert texts(saved(book)) == ["a"]


def test_after_many_rows_the_rest_is_said_to_be_left_out() -> None:
    book = Workbook()
    for name in ("Two", "Three"):
        book.create_sheet(name).append(["a"])
    rows = "".join(f"<row><c><v>{number}</v></c></row>" for number in range(15_000))

    def filled(part: str) -> str:
        return re.sub("<sheetData.*</sheetData>|<sheetData ?/>", f"<sheetData>{rows}</sheetData>", part)

    data = saved(book)
    for name in ("sheet1", "sheet2"):
        data = changed(data, f"xl/worksheets/{name}.xml", filled)
    found = blocks(read_xlsx(data))
    assert (len(found), found[-2].text) == (20_001, "4999")
    assert found[-1].text == "Only 20,000 rows of this workbook were read. Incomplete: Two, Three."


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row>',
        '<row r="2000000000"><c r="A2000000000"><v>7</v></c></row>',
        '<row><c r="XFD1"><v>7</v></c></row>' * 20_000,
    ],
    ids=["the last cell", "beyond the last row", "wide rows"],
)
def test_a_sheet_that_is_mostly_emptiness_is_read_soon(row: str) -> None:
    def change(part: str) -> str:
        return part.replace('ref="A1:A1"', 'ref="A1:XFD1048576"').replace("</sheetData>", f"{row}</sheetData>")

    data = changed(one_sheet(["a"]), "xl/worksheets/sheet1.xml", change)
    assert texts(data)[0] == "a"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row><c><v>x</v>"),
        (
            "xl/worksheets/sheet1.xml",
            '<worksheet xmlns="{}"><sheetData><row><c t="s"><v>99</v></c></row></sheetData></worksheet>',
        ),
        ("xl/styles.xml", '<styleSheet xmlns="{}"><fonts><font><sz val="x"/></font></fonts></styleSheet>'),
        ("[Content_Types].xml", "<Types/>"),
    ],
    ids=["cut", "no such text", "styles", "types"],
)
def test_a_damaged_workbook_is_refused(name: str, part: str) -> None:
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    data = changed(one_sheet(["a"]), name, lambda _: part.replace("{}", namespace))
    with pytest.raises(Unreadable, match="it is damaged"):
        read_xlsx(data)
