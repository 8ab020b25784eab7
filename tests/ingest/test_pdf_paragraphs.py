from dataclasses import replace

import pytest

from ingest.pdf_layout import Line
from ingest.pdf_paragraphs import Paragraph, paragraphs
from ingest.pdf_table import Table

FULL = 400.0


def line(text: str, base: float = 700, *, right: float = FULL, left: float = 72) -> Line:
    return Line(text, left, right, base, 10, bold=False, page=1, edge=FULL, leading=12)


BELOW = line("agreed.", 688)


def texts(*lines: Line | Table) -> list[str]:
    return [part.text for part in paragraphs(lines)]


def test_lines_that_fill_their_column_go_on() -> None:
    assert texts(line("Leave is agreed with"), line("the team lead.", 688, right=140)) == [
        "Leave is agreed with the team lead."
    ]


def test_a_wider_space_begins_a_paragraph() -> None:
    assert texts(line("Leave is agreed with"), line("the team lead.", 680)) == [
        "Leave is agreed with",
        "the team lead.",
    ]


def test_a_line_that_ends_early_ends_the_paragraph() -> None:
    assert texts(line("Ask early.", right=120), line("Leave is long.", 688)) == ["Ask early.", "Leave is long."]


def test_an_indented_line_begins_a_paragraph() -> None:
    lines = [
        line("   Leave is agreed", left=90),
        line("with the lead before.", 688),
        line("Ask early for more", 676, left=90),
    ]
    assert texts(*lines) == ["   Leave is agreed with the lead before.", "Ask early for more"]


def test_centred_lines_go_on() -> None:
    lines = [line("Leave and", left=200, right=260), line("time off", 688, left=210, right=250)]
    assert texts(*lines) == ["Leave and time off"]


@pytest.mark.parametrize("other", [replace(BELOW, size=14.0), replace(BELOW, bold=True)], ids=["size", "weight"])
def test_letters_that_look_otherwise_begin_a_paragraph(other: Line) -> None:
    assert texts(line("Leave is"), other) == ["Leave is", "agreed."]


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("the holi-", "days of a year", "the holidays of a year"),
        ("a long-", "term absence", "a long-term absence"),  # written so within another line
        ("Müller-", "Lüdenscheidt came", "Müller-Lüdenscheidt came"),
        ("COVID-", "19 tests", "COVID-19 tests"),
        ("part-", "and full-time staff", "part- and full-time staff"),
        ("from May -", "except in", "from May - except in"),
    ],
)
def test_a_word_that_was_parted_is_whole_again(above: str, below: str, whole: str) -> None:
    assert texts(line(above), line(below, 688), line("It is long-term work.", 600)) == [whole, "It is long-term work."]


def test_an_item_has_all_of_its_lines() -> None:
    lines = [line("• a passport that is", 700), line("valid for long", 688, left=84), line("• a visa", 676)]
    assert [(part.text, part.joined) for part in paragraphs(lines) if isinstance(part, Paragraph)] == [
        ("- a passport that is valid for long", True),
        ("- a visa", True),
    ]


def test_numbers_begin_items_after_a_sentence_and_not_within_one() -> None:
    lines = [line("It ends on the"), line("15. of March:", 688), line("1. sign it", 676), line("2. send it", 664)]
    assert texts(*lines) == ["It ends on the 15. of March:", "1. sign it", "2. send it"]


@pytest.mark.parametrize(
    ("above", "below", "count"),
    [("agreed with", "the lead", 1), ("agreed.", "the lead", 2), ("agreed with", "Team leads", 2)],
)
def test_a_sentence_goes_on_in_the_next_column(above: str, below: str, count: int) -> None:
    assert len(texts(line(above), replace(line(below, 760), first=True))) == count


def test_a_name_goes_on_in_the_next_column_where_the_line_before_is_full() -> None:
    lines = [line("Leave is agreed"), line("every year with", 688), replace(line("Zoë and her team", 760), first=True)]
    assert texts(*lines) == ["Leave is agreed every year with Zoë and her team"]


def test_what_follows_a_sentence_over_a_pages_end_is_of_the_next_page() -> None:
    lines = [
        line("Leave is agreed"),
        replace(line("in May. It is long. It", 760), first=True, page=2),
        replace(line("is paid.", 748), page=2),
    ]
    assert [(part.text, part.page) for part in paragraphs(lines)] == [
        ("Leave is agreed in May.", 1),
        ("It is long. It is paid.", 2),
    ]


def test_a_table_parts_paragraphs() -> None:
    table = Table((("a", "b"),), 72, FULL, 690, 1)
    assert texts(line("Leave is"), table, line("agreed.", 676)) == ["Leave is", "a b", "agreed."]
