"""The page of runs."""

import pytest

from app.bootstrap import Home
from retrieval.ledger import runs
from tests.ui.admin.conftest import OPEN, click, shown

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_a_run_that_goes_on_shows_how_far_it_is_and_can_be_paused_and_cancelled(open_page: OPEN, managed: Home) -> None:
    run = runs.start_run(managed.engine, "office")
    runs.note_progress(managed.engine, run, {"added": 3}, 10)
    at = open_page("runs")
    assert at.get("progress")[0].proto.text.startswith("3 of 10 documents")
    assert {f"pause {run}", f"cancel {run}"} <= {one.key for one in at.button}
    click(at, f"pause {run}")
    assert at.success[0].value == f"Run {run} pauses after the document it is at; go on later."
    assert runs.note_progress(managed.engine, run, {}, 10) is runs.Wish.PAUSE


def test_a_click_on_a_run_that_is_over_by_then_does_no_harm(open_page: OPEN, managed: Home) -> None:
    run = runs.start_run(managed.engine, "office")
    at = open_page("runs")
    runs.end_run(managed.engine, run, {"added": 1})
    click(at, f"cancel {run}")
    assert "is not running any more\\, it is done" in at.error[0].value


def test_only_the_newest_run_of_a_source_can_go_on(open_page: OPEN, managed: Home) -> None:
    for _ in range(2):
        runs.end_run(managed.engine, runs.start_run(managed.engine, "office"), {}, "paused")
    keys = [one.key for one in open_page("runs").button]
    assert [key for key in keys if key and key.startswith("go on")] == ["go on 3"]


def test_what_could_not_be_read_says_why(open_page: OPEN) -> None:
    assert "office\\/broken\\.pdf: it is damaged or no PDF\\; open it in its program" in shown(open_page("runs"))
