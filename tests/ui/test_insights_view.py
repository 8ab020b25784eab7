"""The words and rows of the page of insights."""

import pytest

from app.admin.insight_rows import CountsRow, DriftRow, InsightsRow, LatencyRow, UsedRow
from ui import insights_view

QUIET = CountsRow("2026-01-01", 0, 0, 0, 0, 0, 0)
BUSY = CountsRow("2026-01-02", 6, 2, 1, 1, 3, 1)


def test_numbers_come_with_their_share() -> None:
    assert [(label, value, told.split(" ")[0]) for label, value, told in insights_view.metrics(BUSY)[1:]] == [
        ("Answered", "6", "60"),
        ("Refused", "2", "20"),
        ("Failed", "1", "10"),
        ("Helpful", "75 %", "3"),
    ]


def test_a_share_of_nothing_is_no_number() -> None:
    assert [value for label, value, _ in insights_view.metrics(QUIET) if label == "Helpful"] == ["–"]


def test_the_chart_has_a_part_for_each_outcome_and_a_sentence() -> None:
    assert insights_view.day_rows([BUSY]) == [
        {"day": "2026-01-02", "Answered": 6, "Refused": 2, "Failed": 1, "Stopped": 1}
    ]
    found = InsightsRow("2026-01-01", "2026-01-02", BUSY, (QUIET, BUSY), (), (), (), ())
    assert insights_view.described(found).endswith("the most, 10, on 2026-01-02")


def test_times_are_told_in_the_unit_that_people_read() -> None:
    (row,) = insights_view.latency_rows([LatencyRow("first_token", 84.4, 999.4, 1250.0)])
    assert list(row.values()) == ["First word", "84 ms", "999 ms", "1.25 s"]


def test_documents_without_answers_have_no_number() -> None:
    rows = insights_view.document_rows([UsedRow("a/leave.md", "Leave", 2), UsedRow("a/x.md", "", 0)])
    assert rows == [
        {"document": "Leave", "where": "a/leave.md", "answers": 2},
        {"document": "a/x.md", "where": "a/x.md"},
    ]


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (None, None, "Too little was asked"),
        (0.4, None, "**0.40** now; too little was asked in the 30 days before"),
        (0.42, 0.4, "**0.42** now, as before in the 30 days before"),
        (0.9, 0.4, "**0.90** now, up from 0.40 in the 30 days before"),
        (0.4, 0.9, "**0.40** now, down from 0.90 in the 30 days before"),
    ],
)
def test_the_drift_is_told_as_a_trend(now: float | None, before: float | None, said: str) -> None:
    assert insights_view.drift_line(DriftRow(now, before), 30).startswith(said)
    assert ("Read it as a trend" in insights_view.drift_line(DriftRow(now, before), 30)) is (now is not None)


def test_a_model_has_a_row() -> None:
    (row,) = insights_view.model_rows([BUSY])
    assert (row["answered"], row["good"], row["helpful"]) == (6, 3, "75 %")
