"""Threads and the files on their messages as items."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ingest.slack_office import Office, office, workspace


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


def test_the_apps_own_messages_are_not_kept(slack: Office) -> None:
    root = slack.post("C1", "How long is leave?")
    slack.post("C1", "Leave is 25 days, see the handbook.", root, "UBOT")
    slack.post("C1", "Good morning!", user="UBOT")
    slack.ingest()
    assert slack.paths().keys() == {f"C1/{root}"}
    assert slack.lines(f"C1/{root}") == ["How long is leave?"]
