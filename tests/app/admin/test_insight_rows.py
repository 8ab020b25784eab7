"""Insights as rows for the page."""

import json

from app.admin.insight_rows import insights_row
from app.insights.told import as_json
from tests.app.insights.test_told import FOUND


def test_what_the_server_tells_becomes_rows() -> None:
    found = insights_row(json.loads(json.dumps(as_json(FOUND, None), default=str)))
    assert (found.first, found.total.asked, found.days[1].failed) == ("2026-01-01", 7, 1)
    assert (found.used[0].answers, found.unused[0].uri, found.latency[0].p95) == (4, "docs/cars.md", 90.0)
    assert [(one.name, one.answered, one.helpful) for one in found.models] == [("hr/1", 5, 1)]
