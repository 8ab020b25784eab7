from ingest.pdf_layout import in_order
from ingest.pdf_page import Piece
from ingest.pdf_table import Item

LEFT = ["Every employee may take", "one day off for moving", "house, if the new place", "is their main residence."]
RIGHT = ["A day off is also given", "for a wedding of one's", "own, and for a funeral", "in the close family."]


def piece(text: str, left: float, base: float, *, size: float = 10, bold: bool = False) -> Piece:
    return Piece(text, left, left + len(text) * size / 2, base, size, bold)


def read(*items: Item) -> list[str]:
    return [item.text for item in in_order(items, 1)]


def columns(top: float) -> list[Item]:
    """Drawn line by line, from left to right, as some programs do."""
    pairs = zip(LEFT, RIGHT, strict=True)
    return [
        piece(text, left, top - 12 * down)
        for down, pair in enumerate(pairs)
        for text, left in zip(pair, (72, 310), strict=True)
    ]


def test_lines_are_read_from_top_to_bottom_however_they_are_drawn() -> None:
    assert read(piece("second", 72, 600), piece("first", 72, 700)) == ["first", "second"]


def test_pieces_on_one_baseline_are_one_line() -> None:
    assert read(piece("over", 120, 700), piece("Carried", 72, 700), piece("twice", 150, 697)) == ["Carried over twice"]


def test_two_columns_are_read_one_after_the_other() -> None:
    assert read(*columns(700)) == [*LEFT, *RIGHT]


def test_columns_whose_lines_do_not_stand_on_one_height_are_read_one_after_the_other() -> None:
    lower = [piece(text, 310, 698 - 12 * down) for down, text in enumerate(RIGHT)]
    assert read(*(item for item in columns(700) if item.left == 72), *lower) == [*LEFT, *RIGHT]


def test_what_reaches_over_both_columns_parts_them() -> None:
    wide = "This paragraph stands below the upper columns and reaches from the left one to the right one."
    assert read(*columns(700), piece(wide, 72, 640), *columns(600)) == [*LEFT, *RIGHT, wide, *LEFT, *RIGHT]


def test_a_short_heading_over_both_columns_parts_them() -> None:
    heading = piece("Other days", 72, 630, size=14)
    assert read(*columns(700), heading, *columns(600)) == [*LEFT, *RIGHT, "Other days", *LEFT, *RIGHT]


def test_three_columns_are_read_one_after_the_other() -> None:
    third = [piece(text, 520, 700 - 12 * down) for down, text in enumerate(LEFT)]
    assert read(*columns(700), *third) == [*LEFT, *RIGHT, *LEFT]


def test_a_marker_and_its_text_are_one_line() -> None:
    assert read(
        *(piece("•", 72, 700), piece("a passport", 95, 700)),
        *(piece("•", 72, 688), piece("a visa", 95, 688)),
        *(piece("2.1", 72, 660), piece("Days", 95, 660)),
        *(piece("3", 72, 640, bold=True), piece("Pay", 95, 640, bold=True)),
    ) == ["- a passport", "- a visa", "2.1 Days", "3 Pay"]


def test_a_page_of_thousands_of_pieces_is_read_in_time() -> None:
    items = [piece(f"{across}", 20 * across, 12 * down) for across in range(60) for down in range(100)]
    assert sum(len(text.split()) for text in read(*items)) == 6000
