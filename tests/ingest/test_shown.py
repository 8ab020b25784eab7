from datetime import datetime, time, timedelta

import pytest

from ingest.shown import shown


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (30, "General", "30"),
        (30.0, "General", "30"),
        (0.1 + 0.2, "General", "0.3"),
        (0.125, "0.0%", "12.5%"),
        (0.125, "0%", "13%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '#,##0.00\\ "€"', "1,234.50 €"),
        (-1234.5, "[$€-407]#,##0.00;[Red]-[$€-407]#,##0.00", "-€1,234.50"),
        (5, '_("$"* #,##0.00_);_("$"* (#,##0.00)', "$5.00"),
        (-0.001, "0.00", "0.00"),
        (42, "00000", "00042"),
        (1.5, "0.0#", "1.5"),
        (2, "0.##", "2"),
        (15, '0" days"', "15 days"),
        (0.5, "# ?/?", "0.5"),
        (2_000_000, '0.0,,"M"', "2000000"),
        (1e300, "0.00", "1e+300"),
        (True, "General", "TRUE"),
    ],
)
def test_numbers_are_shown_by_their_format(value: float, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2026, 1, 31), "dd.mm.yyyy", "2026-01-31"),  # noqa: DTZ001 - a cell knows no zone
        (datetime(2026, 1, 31, 9, 30), "d/m/yy h:mm", "2026-01-31 09:30"),  # noqa: DTZ001
        (datetime(2026, 1, 31), "mmm yyyy", "2026-01"),  # noqa: DTZ001
        (datetime(2026, 1, 31), '"day" yyyy', "2026-01-31"),  # noqa: DTZ001
        (time(9, 5), "h:mm", "09:05"),
        (timedelta(hours=38, minutes=30), "[h]:mm", "38:30"),
    ],
)
def test_times_are_shown_in_the_iso_form(value: object, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


@pytest.mark.parametrize("value", ["=1+1", "#N/A", "0012"])
def test_text_is_shown_as_it_is(value: str) -> None:
    assert shown(value, "0.00") == value


@pytest.mark.parametrize(("value", "number_format"), [(None, "0.00"), (7, ";;;"), ("x", ";;;")])
def test_an_empty_or_hidden_cell_shows_nothing(value: object, number_format: str) -> None:
    assert shown(value, number_format) == ""
