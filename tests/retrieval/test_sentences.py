import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.sentences import sentences


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


def test_a_full_stop_before_a_capital_ends_a_sentence() -> None:
    assert texts("You get 25 days. They expire in March! Really? Yes.") == [
        "You get 25 days.",
        "They expire in March!",
        "Really?",
        "Yes.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ask e.g. Hana or Ada about it.",
        "See No. 7 of the plan.",
        "Dr. Vossberg and Mr. Leid approve it.",
        "The U.K. Team decides.",
        "Costs of approx. 40 euros are paid.",
    ],
)
def test_an_abbreviation_ends_no_sentence(text: str) -> None:
    assert texts(text) == [text]


def test_a_decimal_number_ends_no_sentence() -> None:
    assert texts("You earn 2.5 days a month. They count.") == ["You earn 2.5 days a month.", "They count."]


def test_a_numbered_list_item_keeps_its_number() -> None:
    assert texts("1. Ask your manager.\n2. Fill in the form.") == ["1. Ask your manager.", "2. Fill in the form."]


def test_list_items_without_full_stops_stand_alone() -> None:
    assert texts("- a passport\n- a visa") == ["- a passport", "- a visa"]


def test_a_table_row_is_one_piece() -> None:
    assert texts("Country | Days\nGermany | 30\nPortugal | 22") == ["Country | Days", "Germany | 30", "Portugal | 22"]


def test_a_closing_quote_belongs_to_its_sentence() -> None:
    assert texts("She said “no.” We agreed.") == ["She said “no.”", "We agreed."]


def test_offsets_say_where_a_sentence_stands() -> None:
    found = sentences("  First one. Second one.\n\n - third")
    assert [(one.start, one.end) for one in found] == [(2, 12), (13, 24), (27, 34)]


def test_nothing_holds_no_sentence() -> None:
    assert texts(" \n\n ") == []


@settings(deadline=None)
@given(st.text())
def test_a_sentence_is_the_text_between_its_offsets(text: str) -> None:
    assert all(text[one.start : one.end] == one.text for one in sentences(text))


@settings(deadline=None)
@given(st.text())
def test_no_visible_character_is_in_no_sentence(text: str) -> None:
    said = "".join(one.text for one in sentences(text))
    assert "".join(said.split()) == "".join(text.split())
