from datetime import date

import pytest

from ingest.odt import read_odt
from retrieval.document import Document, Facts
from retrieval.errors import Unreadable
from tests.ingest.office import odt, zipped

STYLES = """
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="P2" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
<style:style style:name="P3" style:family="paragraph" style:parent-style-name="P2">
  <style:text-properties text:display="true"/></style:style>
<style:style style:name="P4" style:family="paragraph" style:parent-style-name="P4"/>
<text:list-style style:name="L1">
  <text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix="."/>
  <text:list-level-style-number text:level="2" text:start-value="2" style:num-format="a" style:num-prefix="("
    style:num-suffix=")"/>
</text:list-style>
"""


def read(body: str, **parts: str) -> Document:
    return read_odt(odt(body, STYLES, **parts))


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for section in read(body, **parts).sections for block in section.blocks]


def heading(level: int, text: str) -> str:
    return f'<text:h text:outline-level="{level}">{text}</text:h>'


def paragraph(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def items(*made: str, attributes: str = "") -> str:
    found = "".join(
        f"<text:list-item>{one if one.startswith('<') else paragraph(one)}</text:list-item>" for one in made
    )
    return f"<text:list {attributes}>{found}</text:list>"


def row(*cells: str) -> str:
    made = "".join(
        cell if cell.startswith("<table") else f"<table:table-cell>{paragraph(cell)}</table:table-cell>"
        for cell in cells
    )
    return f"<table:table-row>{made}</table:table-row>"


def test_headings_are_a_path() -> None:
    document = read(heading(1, "Leave") + paragraph("a") + heading(2, "Parents") + heading(3, "Pay") + paragraph("b"))
    assert document.title == "Leave"
    assert [section.heading_path for section in document.sections if section.blocks] == [(), ("Parents", "Pay")]


def test_the_stated_title_comes_first_then_the_paragraph_of_that_style() -> None:
    body = paragraph("Handbook", "P1") + heading(1, "Leave") + paragraph("a")
    chapter = read(body)
    assert (chapter.title, chapter.sections[-1].heading_path) == ("Handbook", ("Leave",))
    assert read(body, title="Staff handbook").title == "Staff handbook"
    assert read(body, title="Untitled 1").title == "Handbook"


def test_a_long_text_that_looks_like_a_heading_is_none() -> None:
    assert texts(heading(1, "Long " * 50) + paragraph("a")) == [("Long " * 50).strip(), "a"]


def test_fields_of_the_file_state_facts() -> None:
    fields = (
        '<meta:user-defined meta:name="Country">PT</meta:user-defined>'
        '<meta:user-defined meta:name="Valid from">2026-03-01</meta:user-defined>'
    )
    assert read(paragraph("a"), fields=fields).facts == Facts(("PT",), date(2026, 3, 1))


def test_items_have_their_numbers_and_bullets() -> None:
    numbered = 'text:style-name="L1"'
    nested = f"<text:p>visa</text:p>{items('long', 'short')}<text:p>or none</text:p>"
    body = (
        items("photo", nested, attributes=numbered)
        + paragraph("Also:")
        + items("a pen")
        + items("cash", attributes=numbered)
    )
    found = [(block.text.strip(), block.joined) for block in read(body).sections[0].blocks]
    assert found == [
        ("1. photo", True),
        ("2. visa", True),
        ("(b) long", True),
        ("(c) short", True),
        ("or none", True),
        ("Also:", False),
        ("- a pen", True),
        ("1. cash", True),
    ]


def test_a_list_may_go_on_after_a_paragraph() -> None:
    body = items("a", attributes='text:style-name="L1"') + paragraph("Then:")
    goes_on = items("b", attributes='text:style-name="L1" text:continue-numbering="true"')
    assert texts(body + goes_on) == ["1. a", "Then:", "2. b"]


def test_changes_are_accepted() -> None:
    changes = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>two</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    body = "<text:p>Notice is <text:change/><text:change-start/>four<text:change-end/> weeks.</text:p>"
    assert texts(changes + body) == ["Notice is four weeks."]


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph("secret", "P2"),
        '<text:p><text:span text:style-name="T1">secret</text:span></text:p>',
        '<text:p><text:hidden-text text:is-hidden="true">secret</text:hidden-text></text:p>',
        '<text:section text:display="none"><text:p>secret</text:p></text:section>',
        "<text:p><office:annotation><dc:creator>x</dc:creator><text:p>secret</text:p></office:annotation></text:p>",
        "<text:table-of-content><text:index-body><text:p>Leave 3</text:p></text:index-body></text:table-of-content>",
        "<text:p><draw:frame><draw:image/><dc:title>secret</dc:title></draw:frame></text:p>",
    ],
    ids=["style", "style of a span", "text", "section", "comment", "table of contents", "name of an image"],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str) -> None:
    assert texts(f"{paragraph('First.')}{hidden}{paragraph('Last.', 'P4')}") == ["First.", "Last."]


def test_what_is_shown_again_is_read() -> None:
    assert texts(paragraph("a", "P3") + "<text:section><text:p>b</text:p></text:section>") == ["a", "b"]


def test_spans_links_and_spaces_keep_their_words() -> None:
    body = (
        "<text:p>See <text:a>the <text:span>plan</text:span></text:a><text:line-break/>of<text:tab/>May"
        '<text:s text:c="3"/>or <text:bookmark/>June</text:p>'
    )
    assert texts(body) == ["See the plan of May or June"]


def test_notes_and_text_boxes_stand_after_their_paragraph() -> None:
    body = (
        "<text:p>Ten days<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>Calendar days."
        "</text:p></text:note-body></text:note>.</text:p>"
        "<text:p>Pay<draw:frame><draw:text-box><text:p>In a box.</text:p>"
        "</draw:text-box></draw:frame> is due.</text:p>"
        "<draw:frame><draw:text-box><text:p>On the page.</text:p></draw:text-box></draw:frame>"
    )
    assert texts(body) == ["Ten days.", "Calendar days.", "Pay is due.", "In a box.", "On the page."]


def test_headers_and_footers_stand_once_at_the_end_without_page_numbers() -> None:
    common = (
        "<style:header><text:p>Third edition</text:p></style:header>"
        "<style:header-left><text:p>Third edition</text:p><text:p>Leave</text:p>"
        "<text:p>Even page</text:p></style:header-left>"
        "<style:footer><text:p><text:page-number>3</text:page-number>/<text:page-count>9</text:page-count></text:p>"
        "<text:p>For staff only</text:p></style:footer>"
    )
    document = read(heading(1, "Leave") + heading(2, "Pay") + paragraph("a"), common=common)
    assert [(section.heading_path, [block.text for block in section.blocks]) for section in document.sections[1:]] == [
        (("Pay",), ["a"]),
        ((), ["Third edition", "Even page", "For staff only"]),
    ]


def test_each_table_row_leads_with_the_header_and_merged_cells_say_the_same() -> None:
    spanning = '<table:table-cell table:number-rows-spanned="2"><text:p>Germany</text:p></table:table-cell>'
    wide = '<table:table-cell table:number-columns-spanned="2"><text:p>20</text:p></table:table-cell>'
    covered = "<table:covered-table-cell/>"
    repeated = '<table:table-cell table:number-columns-repeated="2"><text:p>5</text:p></table:table-cell>'
    body = (
        f"<table:table><table:table-header-rows>{row('Country', 'Days', 'Hours')}</table:table-header-rows>"
        f"{row(spanning, '30', '40')}{row(covered, '31', '41')}"
        f"<table:table-rows>{row('Italy', wide, covered)}{row('Malta', repeated)}</table:table-rows></table:table>"
    )
    assert [(block.text, block.lead) for block in read(body).sections[0].blocks] == [
        ("Country | Days | Hours", ""),
        ("Germany | 30 | 40", "Country | Days | Hours"),
        ("Germany | 31 | 41", "Country | Days | Hours"),
        ("Italy | 20", "Country | Days | Hours"),
        ("Malta | 5 | 5", "Country | Days | Hours"),
    ]


def test_an_absurd_repetition_is_bounded() -> None:
    many = '<table:table-cell table:number-columns-repeated="999999999"><text:p>a</text:p></table:table-cell>'
    assert len(texts(f"<table:table>{row(many, 'b')}</table:table>")[0]) < 1000


def test_a_box_of_one_column_is_read_like_the_text_around_it() -> None:
    inner = f"<table:table-cell>{heading(2, 'Note')}{paragraph('Ask first.')}</table:table-cell>"
    document = read(f"{paragraph('a')}<table:table>{row(inner)}</table:table>")
    assert [(section.heading_path, section.blocks[0].text) for section in document.sections] == [
        ((), "a"),
        (("Note",), "Ask first."),
    ]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (
            {"META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry></manifest>"},
            "it is encrypted",
        ),
        (
            {"content.xml": "<document-content><body><spreadsheet/></body></document-content>"},
            "its text, .* is missing",
        ),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, "its text, .* is missing"),
    ],
    ids=["locked", "a spreadsheet", "nothing"],
)
def test_what_cannot_be_read_is_refused_with_the_reason(parts: dict[str, str], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_odt(zipped(parts))
