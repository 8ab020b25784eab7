"""The words of the page of models."""

from dataclasses import replace

import pytest

from app.admin.model_rows import ModelsRow
from tests.app.admin.test_model_rows import EVENT, FOUND, JUDGED, ONE
from ui import models_view

PROMOTED = replace(FOUND, promoted="hr/1", versions=(replace(ONE, stands="promoted"),))
WAITS = replace(FOUND, promoted="hr/1", versions=(replace(ONE, stands="promoted, waits for a restart"),))


def test_what_answers_now_is_said_and_what_comes() -> None:
    assert models_view.answering(FOUND) == "Answers come from **quotes**."
    assert "is promoted: it is loaded and tried first" in models_view.answering(PROMOTED)
    assert models_view.answering(replace(PROMOTED, answering="hr/1")) == "Answers come from **hr\\/1**."
    assert "no promotion counts" in models_view.answering(replace(PROMOTED, fixed="/models/x"))


@pytest.mark.parametrize(
    ("found", "switches"),
    [
        (FOUND, False),
        (PROMOTED, True),
        (replace(PROMOTED, answering="hr/1"), False),
        (replace(FOUND, answering="hr/1"), True),  # rolled back a moment ago
        (WAITS, False),
        (replace(PROMOTED, fixed="/models/x"), False),
    ],
)
def test_the_page_looks_again_only_while_the_server_switches(found: ModelsRow, *, switches: bool) -> None:
    assert models_view.is_switching(found) is switches


def test_a_version_tells_what_it_is_and_what_it_received() -> None:
    assert models_view.model_line(ONE).startswith("whole model · 1\\.9 MiB · kept 2026\\-11\\-29 10\\:00 UTC by ada")
    assert models_view.received_line(ONE) == "4 answers, 1 refusal; helpful 3 times, not helpful 1 time"
    assert models_view.received_line(replace(ONE, answers=0, refusals=0)) == "It answered nobody yet."


def test_a_verdict_is_told_or_how_to_get_one() -> None:
    assert models_view.verdict_line(ONE, "").startswith("**Better** than quotes: cited\\-answer F1")
    other = replace(ONE, verdicts=(replace(JUDGED, decides=False),))
    assert "`frontdesk finetune judge hr/1 hr/0 --data DIR`" in models_view.verdict_line(other, "hr/0")
    assert models_view.measure_rows(JUDGED) == [
        {"measure": "Cited-answer F1", "this version": "0.700 (0.600 to 0.800)", "quoting": "0.500"}
    ]


def test_promoting_without_a_verdict_asks_for_a_reason() -> None:
    assert "shown to be better" in models_view.promotion_question(ONE, "")
    assert "say why" in models_view.promotion_question(replace(ONE, shown_better=False), "")


def test_what_happened_has_a_row() -> None:
    assert models_view.event_rows([EVENT])[0]["by"] == "ada@office.example"
