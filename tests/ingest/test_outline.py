from ingest.outline import Outline
from retrieval.document import Block, Section


def test_blocks_stand_below_their_headings() -> None:
    outline = Outline()
    outline.heading(1, "Leave")
    outline.block("a")
    outline.heading(2, "Parents")
    outline.block("b")
    outline.block("c", lead="b", joined=True)
    assert outline.document().sections == (
        Section((), (Block("a", anchor="#leave"),)),
        Section(("Parents",), (Block("b", anchor="#parents"), Block("c", "b", "#parents", joined=True))),
    )


def test_a_heading_ends_those_of_its_level_and_deeper() -> None:
    outline = Outline("Handbook")
    for level, heading in [(1, "Leave"), (3, "Parents"), (2, "Sick"), (1, "Pay")]:
        outline.heading(level, heading)
        outline.block("x")
    assert [section.heading_path for section in outline.document().sections] == [
        ("Leave",),
        ("Leave", "Parents"),
        ("Leave", "Sick"),
        ("Pay",),
    ]


def test_an_empty_heading_and_an_empty_block_are_nothing() -> None:
    outline = Outline()
    outline.heading(1, "  ")
    outline.block(" \n")
    assert (outline.begun, outline.document().sections) == (False, ())


def test_a_given_title_is_kept() -> None:
    outline = Outline("Handbook")
    outline.heading(1, "Leave")
    assert outline.document().title == "Handbook"


def test_a_given_anchor_takes_the_place_of_the_made_one() -> None:
    outline = Outline("Handbook")
    outline.heading(2, "Leave", anchor="slide=3")
    outline.block("a")
    outline.heading(2, "Pay")
    outline.block("b")
    assert [section.blocks[0].anchor for section in outline.document().sections] == ["slide=3", "#pay"]


def test_a_heading_is_bare_until_something_stands_below_it() -> None:
    outline = Outline("Handbook")
    found = [outline.is_bare]
    outline.heading(2, "Leave")
    found.append(outline.is_bare)
    outline.block("a")
    found.append(outline.is_bare)
    outline.heading(2, "Pay")
    assert [*found, outline.is_bare] == [False, True, False, True]
