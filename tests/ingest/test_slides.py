import pytest

from ingest.slides import read_pptx
from retrieval.document import Document
from tests.ingest.office import pptx, relationships, shape, slide

LAYOUT = slide(shape("Click to add", "body", (10, 5_000_000), "1") + shape("Click", "body", (10, 100), "2"))


def texts(document: Document) -> list[str]:
    return [block.text for section in document.sections for block in section.blocks]


def table(*rows: str) -> str:
    made = "".join(f"<a:tr>{row}</a:tr>" for row in rows)
    return f"<p:graphicFrame><a:graphic><a:tbl>{made}</a:tbl></a:graphic></p:graphicFrame>"


def cell(text: str, attributes: str = "") -> str:
    return f"<a:tc {attributes}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"


def group(shapes: str, place: tuple[int, int]) -> str:
    at = f'<a:xfrm><a:off x="{place[0]}" y="{place[1]}"/></a:xfrm>'
    return f"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr>{at}</p:grpSpPr>{shapes}</p:grpSp>"


def test_each_slide_is_a_section_with_its_number() -> None:
    document = read_pptx(
        pptx(
            slide(shape("Leave", "ctrTitle") + shape("For everyone", "subTitle")),
            slide(shape("Parents", "title") + shape("One year.", "body")),
            slide(shape("Without a title.")),
        )
    )
    assert document.title == "Leave"
    assert [
        (section.heading_path, section.blocks[0].anchor, section.blocks[0].text) for section in document.sections
    ] == [
        ((), "#slide=1", "For everyone"),
        (("Parents",), "#slide=2", "One year."),
        (("Slide 3",), "#slide=3", "Without a title."),
    ]


def test_the_stated_title_comes_first_unless_a_program_wrote_it() -> None:
    first = slide(shape("Leave", "title") + shape("a"))
    assert read_pptx(pptx(first, title="Leave 2026")).title == "Leave 2026"
    assert read_pptx(pptx(first, title="PowerPoint Presentation")).title == "Leave"


def test_a_hidden_slide_is_left_out_and_the_others_keep_their_numbers() -> None:
    document = read_pptx(pptx(slide(shape("a")), slide(shape("secret"), 'show="0"'), slide(shape("c"))))
    assert [(block.text, block.anchor) for section in document.sections for block in section.blocks] == [
        ("a", "#slide=1"),
        ("c", "#slide=3"),
    ]


def test_shapes_are_read_from_top_to_bottom_and_from_left_to_right() -> None:
    shapes = [("d", (0, 2_000_000)), ("c", (900, 1_001_000)), ("b", (10, 1_002_000)), ("a", (500, 0))]
    document = read_pptx(pptx(slide("".join(shape(text, "", place) for text, place in shapes))))
    assert texts(document) == ["a", "b", "c", "d"]


def test_a_group_stands_where_it_is_and_is_read_in_its_own_order() -> None:
    inner = shape("c", "", (0, 9_000_000)) + shape("b", "", (0, 0))
    document = read_pptx(
        pptx(slide(group(inner, (0, 500_000)) + shape("d", "", (0, 900_000)) + shape("a", "", (0, 0))))
    )
    assert texts(document) == ["a", "b", "c", "d"]


def test_a_shape_without_a_place_has_that_of_the_layout() -> None:
    shapes = shape("below", "body", index="1") + shape("between", "", (0, 900_000)) + shape("above", "body", index="2")
    parts = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(("slideLayout", "../layout.xml")),
        "ppt/layout.xml": LAYOUT,
    }
    assert texts(read_pptx(pptx(slide(shapes), parts=parts))) == ["above", "between", "below"]


def test_items_have_bullets_and_numbers() -> None:
    def signed(text: str, sign: str) -> str:
        return f"<a:p><a:pPr><a:{sign}/></a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>"

    shapes = shape(["visa", "photo", signed("Then come.", "buNone")], "body", (0, 0)) + shape(
        [signed("ask", "buAutoNum"), signed("wait", "buAutoNum"), "So it is.", signed("or not", "buChar")],
        "",
        (0, 900_000),
    )
    found = [block for section in read_pptx(pptx(slide(shapes))).sections for block in section.blocks]
    assert [(block.text, block.joined) for block in found] == [
        ("- visa", True),
        ("- photo", True),
        ("Then come.", False),
        ("1. ask", True),
        ("2. wait", True),
        ("So it is.", False),
        ("- or not", True),
    ]


def test_each_table_row_leads_with_the_header_and_merged_cells_say_the_same() -> None:
    document = read_pptx(
        pptx(
            slide(
                table(
                    cell("Country") + cell("Days"),
                    cell("Germany", 'rowSpan="2"') + cell("30"),
                    cell("", 'vMerge="1"') + cell("31"),
                )
            )
        )
    )
    assert [(block.text, block.lead) for block in document.sections[0].blocks] == [
        ("Country | Days", ""),
        ("Germany | 30", "Country | Days"),
        ("Germany | 31", "Country | Days"),
    ]


def test_speaker_notes_are_a_block_of_their_own() -> None:
    notes = shape("3", "sldNum") + shape(["Say hello.", "Wait."], "body") + shape("Header", "hdr")
    parts = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(("notesSlide", "../notes.xml")),
        "ppt/notes.xml": slide(notes),
    }
    assert texts(read_pptx(pptx(slide(shape("a")), parts=parts))) == ["a", "Say hello.\nWait."]


def test_a_diagram_is_read() -> None:
    frame = '<p:graphicFrame><a:graphic><d:relIds xmlns:d="urn:d" r:dm="r0"/></a:graphic></p:graphicFrame>'
    points = "".join(f"<d:pt><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>" for text in ("Ask", "Wait"))
    parts = {
        "ppt/slides/_rels/slide1.xml.rels": relationships(("diagramData", "../data.xml")),
        "ppt/data.xml": f'<d:dataModel xmlns:d="urn:d" xmlns:a="urn:a">{points}</d:dataModel>',
    }
    assert texts(read_pptx(pptx(slide(frame), parts=parts))) == ["- Ask", "- Wait"]


@pytest.mark.parametrize("kind", ["dt", "ftr", "sldNum"])
def test_what_stands_on_each_slide_is_left_out(kind: str) -> None:
    assert texts(read_pptx(pptx(slide(shape("a") + shape("12 May", kind))))) == ["a"]


def test_a_hidden_shape_is_left_out() -> None:
    hidden = shape("secret").replace('name="s"', 'name="s" hidden="1"')
    assert texts(read_pptx(pptx(slide(shape("a") + hidden)))) == ["a"]


def test_the_title_of_a_slide_that_says_nothing_else_is_its_text() -> None:
    document = read_pptx(pptx(slide(shape("Leave", "title")), slide(shape("Ask by 31 March", "title"))))
    assert texts(document) == ["Ask by 31 March"]
