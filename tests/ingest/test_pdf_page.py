import pypdfium2
import pytest

from ingest.pdf_page import Page, read_page
from tests.ingest.printed import Mark, code, grid, in_vera, pdf, picture, words


def page(*marks: Mark, rotation: int = 0) -> Page:
    opened = pypdfium2.PdfDocument(pdf(marks, rotation=rotation))
    try:
        return read_page(opened[0], 1)
    finally:
        opened.close()


def test_a_piece_has_its_place_size_and_weight() -> None:
    (piece,) = page(words("Two days", 72, 700, 12, bold=True)).pieces
    assert (piece.text, piece.left, round(piece.base), piece.size, piece.bold) == ("Two days", 72, 700, 12, True)
    assert piece.right == pytest.approx(126.7, abs=0.1)


def test_words_that_stand_apart_are_two_pieces() -> None:
    assert [piece.text for piece in page(words("Days", 72, 700), words("Country", 130, 700)).pieces] == [
        "Days",
        "Country",
    ]


def test_words_that_are_drawn_one_by_one_are_one_piece() -> None:
    drawn = [words("Two", 72, 700), words("days", 94, 700), words(".", 115.2, 700)]
    assert [piece.text for piece in page(*drawn).pieces] == ["Two days."]


def test_a_rule_between_two_words_parts_them() -> None:
    drawn = [words("Two", 72, 700), words("days", 94, 700)]
    assert [piece.text for piece in page(*drawn, grid([60, 92, 120], [690, 710])).pieces] == ["Two", "days"]
    assert [piece.text for piece in page(*drawn, grid([60, 92, 120], [790, 810])).pieces] == ["Two days"]


def test_a_size_that_the_matrix_gives_counts() -> None:
    scaled = page(code("BT /F1 1 Tf 14 0 0 14 72 700 Tm (Two days) Tj ET"))
    assert [(piece.text, piece.size) for piece in scaled.pieces] == [("Two days", 14)]


def test_accents_and_ligatures_are_letters() -> None:
    assert [piece.text for piece in page(in_vera("Größe, España, Česko, efﬁcient", 72, 700)).pieces] == [
        "Größe, España, Česko, efficient"
    ]


@pytest.mark.parametrize(
    ("rotation", "matrix", "left", "base"),
    [
        (0, "1 0 0 1 100 500", 100, 500),
        (90, "0 1 -1 0 100 500", 500, 842 - 100),
        (180, "-1 0 0 -1 100 500", 595 - 100, 842 - 500),
        (270, "0 -1 1 0 100 500", 595 - 500, 100),
    ],
)
def test_a_turned_page_is_read_as_it_is_shown(rotation: int, matrix: str, left: int, base: int) -> None:
    (piece,) = page(code(f"BT /F1 12 Tf {matrix} Tm (Two days) Tj ET"), rotation=rotation).pieces
    assert (piece.text, round(piece.left), round(piece.base)) == ("Two days", left, base)


def test_text_that_leans_is_read_after_the_lines() -> None:
    leaning = code("BT /F1 40 Tf 0.7 0.7 -0.7 0.7 100 300 Tm (Draft copy) Tj ET")
    pieces = page(leaning, words("Two days", 72, 700)).pieces
    assert sorted((piece.base > 0, piece.text) for piece in pieces) == [(False, "Draft copy"), (True, "Two days")]


def test_borders_of_neighbouring_cells_are_one_rule() -> None:
    rules = page(grid([72, 100], [690, 700]), grid([100, 130], [690, 700])).rules
    across = [(round(rule.left), round(rule.right)) for rule in rules if rule.across]
    assert across == [(72, 130), (72, 130)]


def test_boxes_have_four_rules_and_slanted_lines_none() -> None:
    assert len(page(code("72 600 100 50 re S")).rules) == 4
    assert len(page(code("72 600 m 172 650 l S")).rules) == 0


def test_a_path_that_is_closed_has_its_last_edge() -> None:
    assert len(page(code("72 600 m 172 600 l 172 650 l 72 650 l h S")).rules) == 4


def test_a_dot_that_is_drawn_before_words_is_a_bullet() -> None:
    dot, far = code("76 702 4 4 re f"), code("300 400 4 4 re f")
    assert sorted(piece.text for piece in page(dot, far, words("a visa", 90, 700)).pieces) == ["a visa", "•"]


def test_a_picture_is_noticed() -> None:
    assert (page(picture).pictured, page(words("Two days", 72, 700)).pictured) == (True, False)
