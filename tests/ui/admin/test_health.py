"""The page of health."""

import pytest

from app.bootstrap import Home
from retrieval.ledger import runs
from tests.ui.admin.conftest import OPEN

pytestmark = pytest.mark.heavy  # each starts a server of its own


def test_numbers_and_settings_are_shown(open_page: OPEN) -> None:
    at = open_page("health")
    assert at.success[0].value == "All is well."
    assert {one.label: one.value for one in at.metric}["Documents"] == "4"
    assert "evidence" in list(at.dataframe[0].value["setting"])


def test_what_is_wrong_comes_first(open_page: OPEN, managed: Home) -> None:
    runs.end_run(managed.engine, runs.start_run(managed.engine, "office"), {}, "failed")
    assert open_page("health").warning[0].value.startswith("The last run\\, of office\\, is failed\\.")
