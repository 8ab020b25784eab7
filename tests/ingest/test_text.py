from ingest.text import read_text
from retrieval.document import Document


def read(text: str) -> Document:
    return read_text(text.encode())


def blocks(text: str) -> list[str]:
    return [block.text for section in read(text).sections for block in section.blocks]


def test_an_underlined_line_is_a_heading() -> None:
    text = "Jury duty\n=========\n\nPaid.\n\nDocuments\n---------\n\nBring the letter.\n"
    document = read(text)
    assert (document.title, [section.heading_path for section in document.sections]) == (
        "Jury duty",
        [(), ("Documents",)],
    )


def test_a_line_in_capitals_is_a_heading() -> None:
    document = read("JURY DUTY\n\nPaid.\n\nWHAT TO BRING\nThe letter.\n")
    assert (document.title, document.sections[1].heading_path) == ("JURY DUTY", ("WHAT TO BRING",))


def test_a_numbered_line_that_stands_alone_is_a_heading() -> None:
    document = read("JURY DUTY\n\n1. Pay\n\nIn full.\n\n2.1 Travel costs\n\nBy train.\n")
    assert [section.heading_path for section in document.sections[1:]] == [("1. Pay",), ("2.1 Travel costs",)]


def test_a_numbered_list_is_no_heading() -> None:
    assert blocks("Steps\n\n1. Ask your manager.\n2. Fill in the form.\n") == [
        "Steps",
        "1. Ask your manager.",
        "2. Fill in the form.",
    ]


def test_hard_wrapped_lines_are_joined_and_empty_lines_part() -> None:
    assert blocks("Leave is booked\nearly in the\nyear.\n\nAsk Hana\nabout it.\n") == [
        "Leave is booked early in the year.",
        "Ask Hana about it.",
    ]


def test_list_items_keep_their_lines() -> None:
    assert blocks("Bring:\n- a passport,\n  still valid\n- a visa\n* a photo\n") == [
        "Bring:",
        "- a passport, still valid",
        "- a visa",
        "* a photo",
    ]


def test_columns_keep_their_lines() -> None:
    assert blocks("Country    Days\nGermany    30\nPortugal   22\n") == ["Country Days", "Germany 30", "Portugal 22"]


def test_cells_parted_by_bars_keep_their_lines() -> None:
    assert blocks("Country | Days\nGermany | 30\n") == ["Country | Days", "Germany | 30"]


def test_a_short_first_line_is_the_title_where_no_heading_is() -> None:
    assert read("Jury duty is paid.\n\nBring the letter.\n").title == "Jury duty is paid."


def test_a_long_first_line_is_no_title() -> None:
    assert read("Jury duty is paid " * 20 + ".\n\nBring the letter.\n").title == ""


def test_windows_line_ends_are_line_ends() -> None:
    assert blocks("One\r\ntwo.\r\n\r\nThree.\rfour.") == ["One two.", "Three. four."]
