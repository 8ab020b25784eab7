from datetime import date

import pytest

from ingest.word import read_docx
from retrieval.document import Document, Facts
from retrieval.errors import Unreadable
from tests.ingest.office import core, custom, docx, paragraph, relationships, word_root, zipped

STYLES = """
<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="berschrift2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift2"/></w:style>
<w:style w:styleId="Verzeichnis1"><w:name w:val="toc 1"/></w:style>
<w:style w:styleId="Liste"><w:name w:val="List"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:styleId="Geheim"><w:name w:val="Secret"/><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="Runde"><w:name w:val="Round"/><w:basedOn w:val="Runde"/></w:style>
"""
NUMBERING = """
<w:abstractNum w:abstractNumId="0">
  <w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
"""


def read(body: str, **parts: str) -> Document:
    return read_docx(docx(body, **parts))


def texts(body: str, **parts: str) -> list[str]:
    return [block.text for section in read(body, **parts).sections for block in section.blocks]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def row(*cells: str, properties: str = "") -> str:
    made = "".join(cell if cell.startswith("<") else f"<w:tc>{paragraph(cell)}</w:tc>" for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{made}</w:tr>"


def cell(text: str, properties: str) -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def rows(*made: str) -> list[tuple[str, str]]:
    document = read(f"<w:tbl>{''.join(made)}</w:tbl>")
    return [(block.text, block.lead) for section in document.sections for block in section.blocks]


def test_headings_are_known_by_style_in_any_language_and_by_their_level() -> None:
    level = '<w:outlineLvl w:val="2"/>'
    body = "".join(
        heading + paragraph(text)
        for heading, text in [
            (paragraph("Leave", "berschrift1"), "a"),
            (paragraph("Parents", "Kapitel"), "b"),
            (paragraph("Pay", "", level), "c"),
            (paragraph("Sick", "berschrift2"), "d"),
            (paragraph("Body", "berschrift1", '<w:outlineLvl w:val="9"/>'), "e"),
        ]
    )
    document = read(body, styles=STYLES)
    assert document.title == "Leave"
    assert [(section.heading_path, section.blocks[0].text) for section in document.sections] == [
        ((), "a"),
        (("Parents",), "b"),
        (("Parents", "Pay"), "c"),
        (("Sick",), "d"),
    ]
    assert [block.text for block in document.sections[3].blocks] == ["d", "Body", "e"]


def test_without_styles_a_heading_is_known_by_its_id() -> None:
    document = read(paragraph("Leave", "Heading1") + paragraph("Parents", "Heading2") + paragraph("a"))
    assert (document.title, document.sections[-1].heading_path) == ("Leave", ("Parents",))


def test_the_stated_title_comes_first_then_the_paragraph_of_that_style() -> None:
    body = paragraph("Handbook", "Titel") + paragraph("Leave", "berschrift1") + paragraph("a")
    chapter = read(body, styles=STYLES)
    assert (chapter.title, chapter.sections[-1].heading_path) == ("Handbook", ("Leave",))
    assert read(body, styles=STYLES, title="Staff handbook").title == "Staff handbook"
    assert read(body, styles=STYLES, title="Microsoft Word - x").title == "Handbook"


def test_a_long_text_that_looks_like_a_heading_is_none() -> None:
    assert texts(paragraph("Long " * 50, "Heading1") + paragraph("a")) == [("Long " * 50).strip(), "a"]


def test_fields_of_the_file_state_facts() -> None:
    fields = custom({"Country": "Portugal", "Effective date": "2026-03-01"})
    assert read(paragraph("a"), fields=fields).facts == Facts(("PT",), date(2026, 3, 1))


def test_items_have_their_numbers_and_bullets() -> None:
    deeper = '<w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr>'
    none = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
    body = (
        paragraph("Bring:")
        + paragraph("a passport", "Liste")
        + paragraph("valid", "", deeper)
        + paragraph("a visa", "Liste")
        + paragraph("Then come.", "Liste", none)
    )
    found = read(body, styles=STYLES, numbering=NUMBERING).sections[0].blocks
    assert [(block.text, block.joined) for block in found] == [
        ("Bring:", False),
        ("1. a passport", True),
        ("- valid", True),
        ("2. a visa", True),
        ("Then come.", False),
    ]


def test_changes_are_accepted() -> None:
    body = (
        f"<w:p>{run('Notice is ')}<w:del>{run('two')}</w:del><w:ins>{run('four')}</w:ins>{run(' weeks.')}</w:p>"
        f"<w:p><w:moveFrom>{run('Moved.')}</w:moveFrom></w:p>{paragraph('Between.')}"
        f"<w:p><w:moveTo>{run('Moved.')}</w:moveTo></w:p>"
        f"{paragraph('One para', '', '<w:rPr><w:del/></w:rPr>')}{paragraph('graph.')}"
    )
    assert texts(body) == ["Notice is four weeks.", "Between.", "Moved.", "One paragraph."]


@pytest.mark.parametrize(
    "hidden",
    [
        f"<w:p>{run('secret', '<w:vanish/>')}</w:p>",
        "<w:p>" + run("secret", '<w:rStyle w:val="Geheim"/>') + "</w:p>",
        paragraph("secret", "Geheim"),
        f"<w:tbl>{row('secret', 'plan', properties='<w:hidden/>')}{row('', '')}</w:tbl>",
        f"<w:tbl>{row('secret', 'plan', properties='<w:del/>')}{row('', '')}</w:tbl>",
        "<w:p><w:commentRangeStart/><w:r><w:commentReference w:id='1'/></w:r></w:p>",
        paragraph("Leave 3", "Verzeichnis1"),
    ],
    ids=["run", "style of a run", "style", "row", "deleted row", "comment", "table of contents"],
)
def test_what_a_reader_does_not_see_is_left_out(hidden: str) -> None:
    comments = f'<w:comment w:id="1">{paragraph("secret")}</w:comment>'
    body = f"{paragraph('First.')}{hidden}{paragraph('Last.')}"
    assert texts(body, styles=STYLES, comments=comments) == ["First.", "Last."]


def test_what_is_switched_to_be_seen_is_read() -> None:
    seen = run("a", '<w:vanish w:val="0"/>')
    assert texts(f"<w:p>{seen}</w:p>{paragraph('b', 'Runde')}", styles=STYLES) == ["a", "b"]


def test_links_fields_breaks_and_controls_keep_their_words() -> None:
    body = (
        f"<w:p>{run('See ')}<w:hyperlink r:id='r9'>{run('the plan')}</w:hyperlink>"
        "<w:r><w:br/><w:t>of</w:t><w:tab/></w:r>"
        f"<w:fldSimple w:instr=' DATE '>{run('May')}</w:fldSimple><w:r><w:noBreakHyphen/></w:r>{run('June')}</w:p>"
        f"<w:sdt><w:sdtPr><w:alias w:val='x'/></w:sdtPr><w:sdtContent>{paragraph('Inside.')}</w:sdtContent></w:sdt>"
    )
    assert texts(body) == ["See the plan of May-June", "Inside."]


def test_a_text_box_stands_once_after_its_paragraph() -> None:
    box = f"<w:txbxContent>{paragraph('In a box.')}</w:txbxContent>"
    shape = (
        f"<w:r><mc:AlternateContent><mc:Choice><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = f"<w:p>{run('Before')}{shape}{run(' and after.')}</w:p>{paragraph('Last.')}"
    assert texts(body) == ["Before and after.", "In a box.", "Last."]
    assert texts(f"<w:p>{run('Old.')}<w:r><w:pict>{box}</w:pict></w:r></w:p>") == ["Old.", "In a box."]


def test_notes_stand_after_what_refers_to_them() -> None:
    notes = (
        f'<w:footnote w:id="1">{paragraph("Calendar days.")}</w:footnote>'
        f'<w:footnote w:id="2"><w:p>{run("Round.")}<w:r><w:footnoteReference w:id="2"/></w:r></w:p></w:footnote>'
        f'<w:footnote w:id="3">{paragraph("Nobody asks.")}</w:footnote>'
    )
    body = (
        f"<w:p>{run('Ten days')}<w:r><w:footnoteReference w:id='1'/></w:r>{run('.')}</w:p>{paragraph('Next.')}"
        f"<w:p>{run('Pay')}<w:r><w:footnoteReference w:id='2'/><w:endnoteReference w:id='1'/></w:r></w:p>"
    )
    ends = f'<w:endnote w:id="1">{paragraph("At the end.")}</w:endnote>'
    found = texts(body, footnotes=notes, endnotes=ends)
    assert found == ["Ten days.", "Calendar days.", "Next.", "Pay", "Round.", "At the end."]


def test_headers_and_footers_stand_once_at_the_end_without_page_numbers() -> None:
    number = (
        f"<w:p>{run('Form 7, page ')}"
        "<w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText> PAGE </w:instrText></w:r>"
        f"<w:r><w:fldChar w:fldCharType='separate'/></w:r>{run('3')}<w:r><w:fldChar w:fldCharType='end'/></w:r>"
        f"<w:fldSimple w:instr=' NUMPAGES '>{run('12')}</w:fldSimple></w:p>"
    )
    document = read(
        paragraph("Leave", "Heading1") + paragraph("a") + paragraph("Pay", "Heading2") + paragraph("b"),
        header1=paragraph("Third edition"),
        header2=paragraph("Third edition") + paragraph("Leave"),
        footer1=paragraph("For staff only") + number,
    )
    assert [(section.heading_path, [block.text for block in section.blocks]) for section in document.sections] == [
        ((), ["a"]),
        (("Pay",), ["b"]),
        ((), ["Third edition", "For staff only", "Form 7, page"]),
    ]


def test_each_table_row_leads_with_the_header() -> None:
    assert rows(row("Country", "Days"), row("Germany", "30"), row("Portugal", "22")) == [
        ("Country | Days", ""),
        ("Germany | 30", "Country | Days"),
        ("Portugal | 22", "Country | Days"),
    ]


def test_merged_cells_keep_their_columns() -> None:
    wide, begins, goes_on = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    found = rows(
        row("Country", cell("Days", wide), "Note"),
        row(cell("Germany", begins), "30", "31", "x"),
        row(cell("never shown", goes_on), "32", "33"),
        row("Italy", cell("20", wide), "y"),
    )
    assert [text for text, _ in found] == [
        "Country | Days |  | Note",
        "Germany | 30 | 31 | x",
        "Germany | 32 | 33",
        "Italy | 20 |  | y",
    ]


def test_incomplete_rows_keep_their_columns() -> None:
    skipped = '<w:gridBefore w:val="1"/>'
    assert [text for text, _ in rows(row("a", "b", "c"), row("1"), row("2", "3", properties=skipped))] == [
        "a | b | c",
        "1",
        " | 2 | 3",
    ]


def test_an_absurd_span_is_bounded() -> None:
    found = rows(row(cell("a", '<w:gridSpan w:val="999999999"/>'), "b"), row("1", "2"))
    assert len(found[0][0]) < 1000


def test_a_box_of_one_column_is_read_like_the_text_around_it() -> None:
    inner = f"<w:tc>{paragraph('Note', 'Heading2')}{paragraph('Ask first.')}</w:tc>"
    document = read(f"{paragraph('a')}<w:tbl>{row(inner)}</w:tbl>")
    assert [(section.heading_path, section.blocks[0].text) for section in document.sections] == [
        ((), "a"),
        (("Note",), "Ask first."),
    ]


def test_a_table_within_a_cell_is_part_of_the_cell() -> None:
    inner = f"<w:tc>{paragraph('Pay')}<w:tbl>{row('basic', cell('gone', '<w:vMerge/>'), 'bonus')}</w:tbl></w:tc>"
    assert rows(row(inner, "x"))[0][0] == "Pay basic bonus | x"


def test_a_list_within_a_control_within_a_table_is_read() -> None:
    control = f"<w:sdt><w:sdtContent>{row('Country', 'Days')}</w:sdtContent></w:sdt>"
    assert [text for text, _ in rows(control, row("Italy", "20"))] == ["Country | Days", "Italy | 20"]


def test_the_strict_edition_of_the_format_is_read() -> None:
    data = {
        "_rels/.rels": relationships(("officeDocument", "a.xml"), kinds="http://purl.oclc.org/ooxml/x/relationships"),
        "a.xml": word_root("document", f"<w:body>{paragraph('a')}</w:body>").replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
        "docProps/core.xml": core("x"),
    }
    assert read_docx(zipped(data)).sections[0].blocks[0].text == "a"


def test_another_format_under_this_name_is_refused() -> None:
    with pytest.raises(Unreadable, match="its main part, a document, is missing"):
        read_docx(zipped({"content.xml": "<a/>"}))
