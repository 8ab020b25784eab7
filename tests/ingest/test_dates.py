from datetime import date

import pytest

from ingest.dates import dates


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "1 March 2026",
        "01 MARCH 2026",
        "1st of March, 2026",
        "1 Mar. 2026",
        "March 1, 2026",
        "Mar 1st 2026",
    ],
)
def test_a_date_is_read_in_every_form(text: str) -> None:
    assert list(dates(f"Changed on {text} and not later")) == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("January", 1),
        ("Feb", 2),
        ("april", 4),
        ("May", 5),
        ("June", 6),
        ("Sept.", 9),
        ("October", 10),
        ("December", 12),
    ],
)
def test_months_are_known_by_name_and_abbreviation(name: str, month: int) -> None:
    assert list(dates(f"9 {name} 2025")) == [date(2025, month, 9)]


def test_the_dates_of_a_text_come_in_its_order() -> None:
    assert list(dates("from 31 December 2025 to 2024-02-29")) == [date(2025, 12, 31), date(2024, 2, 29)]


@pytest.mark.parametrize(
    "text",
    [
        "30 February 2026",
        "2026-13-01",
        "01/02/2026",
        "March 2026",
        "1 März 2026",
        "5 mayors 2026",
        "12345-01-01",
        "2026",
    ],
)
def test_what_is_no_date_or_an_ambiguous_one_is_none(text: str) -> None:
    assert list(dates(text)) == []
