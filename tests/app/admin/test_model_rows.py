"""Versions as rows: what the server tells becomes what it was."""

import json
from dataclasses import asdict

from app.admin.model_rows import EventRow, JudgedRow, MeasureRow, ModelRow, ModelsRow, models_row

MEASURE = MeasureRow("Cited-answer F1", 0.7, 0.6, 0.8, 0.5)
JUDGED = JudgedRow("better", "quoting", "cited-answer F1 +0.2", "2026-11-30", 300, decides=True, measures=(MEASURE,))
ONE = ModelRow(
    "hr/1", "registered", "whole model", 2_000_000, "2026-11-29T10:00:00+00:00", "ada", "other", "", 4, 1, 3, 1,
    shown_better=True, verdicts=(JUDGED,), notes=(),
)  # fmt: skip
EVENT = EventRow("2026-11-30T10:00:00+00:00", "promoted", "hr/1", "ada@office.example", "better")
FOUND = ModelsRow("quoting", "", "", "", (ONE,), (EVENT,))


def test_what_is_told_comes_back_as_it_was() -> None:
    assert models_row(json.loads(json.dumps(asdict(FOUND)))) == FOUND
