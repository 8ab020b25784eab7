import pytest
from lxml import etree  # type: ignore[import-untyped]

from ingest.numbering import Numbering, written


def level(number: int, kind: str, template: str, start: str = "1") -> str:
    return f'<lvl ilvl="{number}"><start val="{start}"/><numFmt val="{kind}"/><lvlText val="{template}"/></lvl>'


LEVELS = (
    level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "(%2)")
    + level(2, "decimal", "%1.%2.%3")
    + level(3, "bullet", "")
)
ROOT = (
    f'<numbering><abstractNum abstractNumId="0">{LEVELS}</abstractNum>'
    f'<abstractNum abstractNumId="1">{level(0, "upperRoman", "Part %1:", "4")}</abstractNum>'
    '<num numId="1"><abstractNumId val="0"/></num><num numId="2"><abstractNumId val="1"/></num>'
    '<num numId="3"><abstractNumId val="0"/></num>'
    '<num numId="4"><abstractNumId val="0"/><lvlOverride ilvl="0"><startOverride val="1"/></lvlOverride></num>'
    '<num numId="5"><abstractNumId val="9"/></num></numbering>'
)


def markers(*items: tuple[str, int]) -> list[str]:
    numbering = Numbering(etree.fromstring(ROOT))
    return [numbering.marker(*item) for item in items]


def test_items_are_counted_within_the_item_above() -> None:
    items = [("1", 0), ("1", 1), ("1", 1), ("1", 0), ("1", 1), ("1", 2), ("1", 2)]
    assert markers(*items) == ["1. ", "(a) ", "(b) ", "2. ", "(a) ", "2.a.1 ", "2.a.2 "]


def test_a_level_above_that_has_no_item_counts_as_begun() -> None:
    assert markers(("1", 2)) == ["1.a.1 "]


def test_a_list_begins_where_it_says() -> None:
    assert markers(("2", 0), ("2", 0)) == ["Part IV: ", "Part V: "]


def test_lists_of_one_kind_go_on_unless_one_begins_anew() -> None:
    assert markers(("1", 0), ("3", 0), ("4", 0), ("4", 0), ("1", 0)) == ["1. ", "2. ", "1. ", "2. ", "3. "]


@pytest.mark.parametrize("item", [("1", 3), ("1", 8), ("2", 1), ("5", 0), ("77", 0)])
def test_what_has_no_number_has_a_bullet(item: tuple[str, int]) -> None:
    assert markers(item) == ["- "]


def test_without_a_part_of_numberings_all_are_bullets() -> None:
    assert Numbering(None).marker("1", 0) == "- "


@pytest.mark.parametrize(
    ("count", "kind", "text"),
    [
        (12, "decimal", "12"),
        (3, "lowerLetter", "c"),
        (28, "upperLetter", "BB"),
        (49, "lowerRoman", "xlix"),
        (94, "upperRoman", "XCIV"),
        (0, "lowerLetter", "0"),
        (4000, "lowerRoman", "4000"),
    ],
)
def test_counts_are_written_in_their_kind(count: int, kind: str, text: str) -> None:
    assert written(count, kind) == text
