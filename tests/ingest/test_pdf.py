from itertools import chain

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption

from ingest.pdf import read_pdf
from retrieval.document import Block, Document
from retrieval.errors import Unreadable
from tests.ingest.printed import Mark, code, grid, lines, pdf, picture, words

PROSE = (
    "Expenses are paid back within ten working days after the claim has been approved by",
    "the lead, unless a receipt is missing. Then the claim waits until the receipt is there.",
)


def blocks(document: Document) -> list[Block]:
    return [block for section in document.sections for block in section.blocks]


def texts(*pages: list[Mark]) -> list[str]:
    return [block.text for block in blocks(read_pdf(pdf(*pages)))]


def paths(*pages: list[Mark]) -> list[tuple[str, ...]]:
    return [section.heading_path for section in read_pdf(pdf(*pages)).sections]


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    assert texts(lines(*PROSE)) == [" ".join(PROSE)]


def test_larger_letters_are_headings_of_levels_by_size() -> None:
    page = [
        words("Expenses", 72, 780, 20, bold=True),
        words("Claims", 72, 750, 14, bold=True),
        *lines(*PROSE, base=730),
        words("Receipts", 72, 690, 12, bold=True),
        *lines("Keep every receipt.", base=675),
        words("Cards", 72, 640, 14, bold=True),
        *lines("Cards are for travel.", base=620),
    ]
    document = read_pdf(pdf(page))
    assert document.title == "Expenses"
    filled = [section.heading_path for section in document.sections if section.blocks]
    assert filled == [("Claims",), ("Claims", "Receipts"), ("Cards",)]


def test_a_short_bold_line_above_plain_text_is_a_heading() -> None:
    page = [*lines(*PROSE), words("Cards", 72, 660, 10, bold=True), *lines("Cards are for travel.", base=645)]
    assert paths(page) == [(), ("Cards",)]


@pytest.mark.parametrize("text", ["Keep every receipt.", "Important:", "- Receipts", "2026"])
def test_a_bold_line_that_is_no_heading_is_text(text: str) -> None:
    page = [*lines(*PROSE), words(text, 72, 660, 10, bold=True), *lines("Cards are for travel.", base=630)]
    assert texts(page) == [" ".join(PROSE), text, "Cards are for travel."]


def test_a_heading_without_anything_below_it_is_text() -> None:
    """Sections without blocks leave no chunk: a last line in bold was lost."""
    page = [*lines(*PROSE), words("Ask before you buy", 72, 660, 10, bold=True)]
    assert texts(page) == [" ".join(PROSE), "Ask before you buy"]


def test_the_largest_heading_of_many_names_no_document() -> None:
    page = [
        *lines(*PROSE, base=780),
        words("1 Claims", 72, 740, 14),
        *lines(*PROSE),
        words("2 Cards", 72, 660, 14),
        *lines("Cards are for travel.", base=640),
    ]
    document = read_pdf(pdf(page))
    assert document.title == ""
    assert [section.heading_path for section in document.sections] == [(), ("1 Claims",), ("2 Cards",)]


@pytest.mark.parametrize("stated", ["Expenses at a glance", "Claims"])
def test_the_title_that_the_file_states_counts(stated: str) -> None:
    page = lines("Expenses at a glance. Claims are paid back.")
    assert read_pdf(pdf(page, title=stated)).title == stated


@pytest.mark.parametrize(
    "stated",
    ["untitled", "(anonymous)", "Microsoft Word - spesen_v3.doc", "spesen.indd", "Document1", "Template of 2012"],
)
def test_a_title_that_a_program_or_template_left_does_not_count(stated: str) -> None:
    page = [words("Expenses", 72, 780, 20), *lines(*PROSE)]
    assert read_pdf(pdf(page, title=stated)).title == "Expenses"


def test_each_block_opens_its_page() -> None:
    document = read_pdf(pdf(lines("One day."), lines("Two days."), lines("Three days.")))
    assert [(block.text, block.anchor) for block in blocks(document)] == [
        ("One day.", "#page=1"),
        ("Two days.", "#page=2"),
        ("Three days.", "#page=3"),
    ]


def test_heads_feet_and_page_numbers_are_left_out() -> None:
    def page(number: int, text: str) -> list[Mark]:
        head = [words("Expenses, 2026 edition", 72, 800, 8), words("Internal", 480, 800, 8)]
        return [*head, *lines(text), words(f"{number} / 3", 290, 30, 8), words("Owner: people team", 72, 30, 8)]

    assert texts(*(page(number, text) for number, text in ((1, "One."), (2, "Two."), (3, "Three.")))) == [
        "One.",
        "Two.",
        "Three.",
    ]


@pytest.mark.parametrize("number", ["7", "- 7 -", "Page 7", "Seite 7 von 12", "7/12"])
def test_the_number_of_a_single_page_is_left_out(number: str) -> None:
    assert texts([*lines(*PROSE), words(number, 290, 30)]) == [" ".join(PROSE)]


def test_the_foot_of_a_single_page_stays() -> None:
    assert texts([*lines(*PROSE), words("Valid in Norway", 72, 30)]) == [" ".join(PROSE), "Valid in Norway"]


def test_pages_that_say_one_numbered_line_each_keep_it() -> None:
    """Every page held nothing but such a line, and a document without text came out."""
    assert texts([words("Step 1", 72, 760)], [words("Step 2", 72, 760)]) == ["Step 1", "Step 2"]


def test_a_sentence_that_runs_over_a_page_is_whole_and_what_follows_opens_the_next_page() -> None:
    head, rest = [words("Expenses", 72, 800, 8)], "by the lead of the team. Then it is paid back."
    first = lines("Expenses are paid back within ten working days after the claim has been approved", base=70)
    document = read_pdf(pdf([*head, *first], [*head, *lines(rest)]))
    assert [(block.text, block.anchor, block.joined) for block in blocks(document)] == [
        (
            "Expenses are paid back within ten working days after the claim has been approved by the lead of the team.",
            "#page=1",
            False,
        ),
        ("Then it is paid back.", "#page=2", True),
    ]


def test_a_ruled_table_that_runs_over_a_page_keeps_its_header() -> None:
    def page(base: float, *rows: tuple[str, str]) -> list[Mark]:
        ys = [base - 20 * number for number in range(len(rows) + 1)]
        cells = [
            words(text, left, y - 14)
            for y, row in zip(ys, rows, strict=False)
            for text, left in zip(row, (75, 205), strict=True)
        ]
        return [grid([72, 200, 330], ys), *cells]

    header = ("Country", "Days")
    found = blocks(read_pdf(pdf(page(200, header, ("Norway", "25")), page(780, header, ("Spain", "23")))))
    assert [(block.text, block.lead, block.joined, block.anchor) for block in found] == [
        ("Country | Days", "", False, "#page=1"),
        ("Norway | 25", "Country | Days", True, "#page=1"),
        ("Spain | 23", "Country | Days", True, "#page=2"),
    ]


def test_list_items_stand_on_lines_of_their_own() -> None:
    items = list(
        chain.from_iterable(
            (words(marker, 72, base), words(text, 90, base))
            for marker, text, base in (("•", "a passport", 680), ("•", "a visa", 668), ("1.", "sign it", 650))
        )
    )
    found = blocks(read_pdf(pdf([*lines("Bring:"), *items])))
    assert [(block.text, block.joined) for block in found] == [
        ("Bring:", False),
        ("- a passport", True),
        ("- a visa", True),
        ("1. sign it", True),
    ]


def test_scanned_pages_are_refused() -> None:
    with pytest.raises(Unreadable, match="it is scanned: its pages are pictures without text"):
        read_pdf(pdf([picture], [picture]))


def test_scanned_pages_between_others_are_left_out() -> None:
    assert texts(lines("One."), [picture], lines("Three.")) == ["One.", "Three."]


def test_text_that_recognition_laid_below_a_picture_is_read() -> None:
    assert texts([picture, code("3 Tr"), *lines("Recognised.")]) == ["Recognised."]


def test_white_text_is_text_like_any_other() -> None:
    assert texts([*lines("Seen."), code("1 1 1 rg"), *lines("Unseen.", base=650)]) == ["Seen.", "Unseen."]


def test_pages_without_anything_are_a_document_without_text() -> None:
    assert read_pdf(pdf([], [])).characters == 0


@pytest.mark.parametrize("strength", [40, 128])
def test_an_encrypted_file_that_opens_without_a_password_is_read(strength: int) -> None:
    locked = StandardEncryption("", ownerPassword="owner", strength=strength)
    assert blocks(read_pdf(pdf(lines("One day."), encrypt=locked)))[0].text == "One day."


@pytest.mark.parametrize("strength", [40, 128])
def test_an_encrypted_file_that_needs_a_password_is_refused(strength: int) -> None:
    locked = StandardEncryption("user", ownerPassword="owner", strength=strength)
    with pytest.raises(Unreadable, match="it is encrypted; save it without a password"):
        read_pdf(pdf(lines("One day."), encrypt=locked))


def test_a_damaged_file_after_an_encrypted_one_is_called_damaged() -> None:
    """PDFium keeps the code of the error before where a file fails without one."""
    with pytest.raises(Unreadable):
        read_pdf(pdf(lines("One day."), encrypt=StandardEncryption("user")))
    with pytest.raises(Unreadable, match="it is damaged or no PDF"):
        read_pdf(b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n")


@pytest.mark.parametrize("cut", ["startxref", "xref", "trailer"])
def test_a_file_that_lost_its_end_is_read(cut: str) -> None:
    whole = pdf(lines("One day."), lines("Two days."))
    damaged = whole[: whole.index(cut.encode())]
    assert [block.text for block in blocks(read_pdf(damaged + b"trailer<</Root 5 0 R>>"))] == ["One day.", "Two days."]


@pytest.mark.parametrize("pages", [10**9, -1])
def test_a_file_that_lies_about_its_pages_is_read(pages: int) -> None:
    whole = pdf(lines("One day."))
    assert b"/Count 1 " in whole
    assert [block.text for block in blocks(read_pdf(whole.replace(b"/Count 1 ", b"/Count %d " % pages)))] == [
        "One day."
    ]
