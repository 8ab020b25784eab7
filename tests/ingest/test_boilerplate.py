"""What a printed page repeats is left out; what a document says several times is not."""

from ingest.boilerplate import without_page_furniture
from retrieval.document import Block, Document, Section


def printed(*texts: str) -> Document:
    """Two sections, as a reader of pages makes them: the second begins with the third block."""
    blocks = tuple(map(Block, texts))
    return Document("Handbook", (Section(("One",), blocks[:2]), Section(("Two",), blocks[2:])))


def left(*texts: str) -> list[str]:
    return [block.text for section in without_page_furniture(printed(*texts)).sections for block in section.blocks]


def test_page_numbers_and_the_lines_beside_them_are_left_out() -> None:
    head, foot = "Staff handbook 2026", "For internal use only"
    pages = ("Leave is 25 days.", "Claims are due in May.", "Badges open the gate.")
    found = [line for number, page in enumerate(pages, 1) for line in (head, page, foot, f"Page {number} of 3")]
    assert left(*found) == list(pages)


def test_other_ways_to_number_pages_are_known() -> None:
    for written in ("Seite {}", "Staff handbook | página {}", "{} / 40", "{} of 40", "- {} -"):
        assert left("A.", written.format(7), "B.", written.format(8), "C.", written.format(9)) == ["A.", "B.", "C."]


def test_a_page_without_a_number_does_not_end_the_counting() -> None:
    assert left("A.", "Page 1", "B.", "Page 3", "C.", "Page 4") == ["A.", "B.", "C."]


def test_a_sentence_that_stands_below_several_headings_stays() -> None:
    same = "Five days."
    texts = ("Marriage", same, "Moving", same, "Birth", same, "Page 1", "x", "Page 2", "y", "Page 3")
    assert left(*texts) == ["Marriage", same, "Moving", same, "Birth", same, "x", "y"]


def test_lines_that_only_point_to_pages_stay() -> None:
    texts = ["See page 12.", "Leave.", "See page 3.", "Pay.", "See page 40."]
    assert left(*texts) == texts


def test_numbers_that_count_other_things_stay() -> None:
    texts = ["Day 1", "Meet the team.", "Day 2", "Read the handbook.", "Day 3", "Get a badge.", "1", "2", "3"]
    assert left(*texts) == texts


def test_two_page_numbers_may_be_chance() -> None:
    texts = ["Page 1", "Leave.", "Page 2", "Pay."]
    assert left(*texts) == texts


def test_a_long_paragraph_stays_although_it_names_pages() -> None:
    texts = [f"{'The rules of leave are told in other words and at length. ' * 3}On page {n}." for n in (1, 2, 3)]
    assert left(*texts) == texts


def test_a_document_of_page_numbers_alone_stays_as_it_is() -> None:
    document = printed("Page 1", "Page 2", "Page 3")
    assert without_page_furniture(document) is document


def test_a_section_of_which_nothing_is_left_goes() -> None:
    assert without_page_furniture(printed("Leave.", "Page 1", "Page 2", "Page 3")).sections == (
        Section(("One",), (Block("Leave."),)),
    )
