"""Insights as JSON and as tables for a spreadsheet."""

import json
from datetime import date

from app.insights.activity import Activity, Day, Latency, OfModel, Used
from app.insights.drift import Drift
from app.insights.told import Table, as_csv, as_json

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 2)
FOUND = Activity(
    FIRST,
    LAST,
    (Day(FIRST, answered=3, refused=1), Day(LAST, answered=2, failed=1, helpful=1)),
    (Latency("total", 20.0, 90.0, 150.0),),
    (Used("docs/leave.md", "=Leave", 4),),
    (Used("docs/cars.md", "Cars", 0),),
    (OfModel("hr/1", answered=5, refused=1, helpful=1),),
)


def test_the_object_has_days_totals_and_drift() -> None:
    told = json.loads(json.dumps(as_json(FOUND, Drift(0.4, None)), default=str))
    assert told["days"][0]["day"] == "2026-01-01"
    assert (told["total"]["answered"], told["total"]["failed"]) == (5, 1)
    assert told["drift"] == {"now": 0.4, "before": None}


def test_each_table_has_its_columns_and_rows() -> None:
    assert as_csv(FOUND, Table.DAYS).splitlines() == [
        "day,answered,refused,failed,stopped,helpful,not_helpful",
        "2026-01-01,3,1,0,0,0,0",
        "2026-01-02,2,0,1,0,1,0",
    ]
    assert as_csv(FOUND, Table.LATENCY).splitlines() == ["stage,p50_ms,p95_ms,p99_ms", "total,20.0,90.0,150.0"]
    assert as_csv(FOUND, Table.UNUSED).splitlines() == ["uri,title,answers", "docs/cars.md,Cars,0"]
    assert as_csv(FOUND, Table.MODELS).splitlines()[1] == "hr/1,5,1,0,0,1,0"


def test_a_title_that_is_a_formula_stays_text() -> None:
    assert as_csv(FOUND, Table.USED).splitlines()[1] == "docs/leave.md,'=Leave,4"
