"""Who may read what a workspace said, and what becomes of channels without the app."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fake_slack.faults import json_error
from tests.ingest.slack_office import HANA, SAM, Office, office, workspace


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


def test_members_of_a_private_channel_read_it_and_strangers_and_others_do_not(slack: Office) -> None:
    salary, lunch = slack.post("G1", "Salaries rise in May."), slack.post("C1", "Lunch?")
    slack.ingest()
    assert slack.readable(HANA) == slack.readable("gil@guest.example") == {f"G1/{salary}", f"C1/{lunch}"}
    assert slack.readable(SAM) == slack.readable("sue@elsewhere.example") == {f"C1/{lunch}"}


def test_an_address_that_nobody_verified_reads_no_private_channel(slack: Office) -> None:
    salary, lunch = slack.post("G1", "Salaries rise in May."), slack.post("C1", "Lunch?")
    slack.admin.change_user("U1", email_confirmed=False)
    slack.ingest()
    assert slack.readable(HANA) == {f"C1/{lunch}"}
    slack.admin.change_user("U1", email_confirmed=True)
    slack.ingest()
    assert slack.readable(HANA) == {f"G1/{salary}", f"C1/{lunch}"}


def test_a_channel_that_turned_private_is_closed_before_anything_is_read(slack: Office) -> None:
    plan, lunch = slack.post("C1", "We buy a rival."), slack.post("C1", "Lunch?")
    slack.ingest()
    slack.admin.convert_private("C1")
    slack.admin.remove("C1", "U2")
    slack.slack.fail("conversations.history", json_error("channel_not_found"), times=9)
    slack.ingest()
    assert slack.readable(SAM) == set()
    assert slack.readable(HANA) == {f"C1/{plan}", f"C1/{lunch}"}


def test_a_channel_without_the_app_is_paused_and_goes_after_a_week(slack: Office) -> None:
    lunch, salary = slack.post("C1", "Lunch?"), slack.post("G1", "Salaries rise in May.")
    slack.ingest()
    slack.admin.kick_bot("C1")
    slack.admin.kick_bot("G1")
    report = slack.ingest()
    assert slack.paths().keys() == {f"C1/{lunch}", f"G1/{salary}"}
    assert (slack.readable(HANA), slack.readable(SAM)) == ({f"C1/{lunch}"}, {f"C1/{lunch}"})
    assert [remark.split(":")[0] for remark in report.remarks] == [
        "The app is in #general no more",
        "The app is in #people-team no more",
    ]
    slack.state.change_channel("C1", left_at=datetime.now(UTC) - timedelta(days=8))
    slack.ingest()
    assert slack.paths().keys() == {f"G1/{salary}"}


def test_the_week_of_a_channel_without_the_app_begins_once_however_many_runs_follow(slack: Office) -> None:
    slack.post("G1", "Salaries rise in May.")
    slack.ingest()
    slack.admin.kick_bot("G1")
    for days in (0, 6):
        left_at = datetime.now(UTC) - timedelta(days=days)
        slack.state.change_channel("G1", left_at=left_at)
        slack.ingest()
        assert slack.state.channels()["G1"].left_at == left_at


def test_an_invitation_ends_the_pause(slack: Office) -> None:
    salary = slack.post("G1", "Salaries rise in May.")
    slack.ingest()
    slack.admin.kick_bot("G1")
    slack.ingest()
    slack.admin.invite_bot("G1")
    slack.ingest()
    assert (slack.readable(HANA), slack.readable(SAM)) == ({f"G1/{salary}"}, set())
