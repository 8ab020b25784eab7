"""Passes through a history: taken up where they ended, compared at night, bounded in time."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.slack_copy import LIVE
from ingest.patterns import EVERYTHING
from ingest.report import NoProgress, Report
from ingest.slack_client import SlackClient
from ingest.slack_membership import Membership
from retrieval.access import EVERYONE
from retrieval.errors import Unusable
from tests.fake_slack.faults import json_error, shift_page
from tests.ingest.slack_office import DAY, Office, joins, office, workspace


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


@pytest.fixture
def old_slack(tmp_path: Path) -> Iterator[Office]:
    """As it was 61 days ago."""
    with office(tmp_path / "home", workspace(time.time() - 61 * DAY)) as opened:
        yield opened


def compare_again(slack: Office) -> None:
    """As if the night came."""
    for channel in ("C1", "G1"):
        slack.state.change_channel(channel, compared_at=datetime.now(UTC) - timedelta(hours=21))


def compared(report: Report) -> str:
    return next(remark for remark in report.remarks if "compared with Slack" in remark)


class Killed(BaseException):
    """Nothing of ours catches it."""


class Deadly(NoProgress):
    """Ends the run after so many documents, as a kill does."""

    def __init__(self, left: int) -> None:
        self._left = left

    def at(self, report: Report, total: int) -> None:
        self._left -= 1
        if not self._left:
            raise Killed


def test_a_token_that_expires_on_the_way_back_lets_the_next_run_go_on_where_it_was(slack: Office) -> None:
    oldest = slack.post("C1", "The first message.")
    joins(slack.slack.workspace, "C1", 1000)
    newest = slack.post("C1", "The last message.")
    slack.slack.fail("conversations.history", json_error("token_expired"), when=lambda params: "latest" in params)
    with pytest.raises(Unusable, match="the token has expired"):
        slack.ingest()
    assert slack.paths().keys() == {f"C1/{newest}"}
    slack.calls("")
    slack.ingest()
    asked = [one.params for one in slack.slack.calls("conversations.history") if one.params["channel"] == "C1"]
    assert slack.paths().keys() == {f"C1/{newest}", f"C1/{oldest}"}
    assert asked[-2].get("oldest") == newest  # what came since
    assert "oldest" not in asked[-1]
    assert asked[-1]["latest"] == asked[-3]["latest"]  # and on from where it was


def test_a_killed_run_keeps_what_it_stored_and_the_next_one_brings_the_rest(slack: Office) -> None:
    roots = []
    for number in range(10):
        roots.append(slack.post("C1", f"Rule {number}"))
        for reply in range(60):
            slack.post("C1", f"Case {reply} " + "is to be of the " * 24, roots[-1])
        joins(slack.slack.workspace, "C1", 990 if number == 2 else 0)  # seven on the first page, three on the second
    with pytest.raises(Killed):
        slack.home.ingest(LIVE, "", Deadly(12))
    stored = len(slack.paths())
    assert 0 < stored < 7
    done = slack.counts()
    assert (done["added"], done["unchanged"]) == (10 - stored, stored)
    assert slack.paths().keys() == {f"C1/{ts}" for ts in roots}


def test_a_message_written_between_two_pages_shifts_nothing(slack: Office) -> None:
    first = slack.post("C1", "The first message.")
    joins(slack.slack.workspace, "C1", 998)
    last = slack.post("C1", "The last message.")
    late: list[str] = []
    slack.slack.fail("conversations.history", shift_page(lambda: late.append(slack.post("C1", "Written meanwhile."))))
    assert slack.counts()["added"] == 2
    assert slack.paths().keys() == {f"C1/{first}", f"C1/{last}"}
    assert slack.counts() == {"added": 1, "unchanged": 2, "chunks_embedded": 1}
    assert f"C1/{late[0]}" in slack.paths()


def test_a_message_deleted_between_two_pages_hides_no_other(slack: Office) -> None:
    first = slack.post("C1", "The first message.")
    joins(slack.slack.workspace, "C1", 998)
    last = slack.post("C1", "The last message.")
    join = next(reversed(list(slack.slack.workspace.channels["C1"].messages)[:-1]))
    slack.slack.fail("conversations.history", shift_page(lambda: slack.admin.forget("C1", join)))
    slack.ingest()
    assert slack.paths().keys() == {f"C1/{first}", f"C1/{last}"}


def test_a_channel_that_is_closed_while_its_page_is_on_the_way_is_stored_closed(slack: Office) -> None:
    plan = slack.post("C1", "We buy a rival.")

    def close() -> None:
        membership = Membership(slack.home.engine, SlackClient(""), slack.state, EVERYONE, EVERYTHING)
        membership.close("C1")

    slack.slack.fail("conversations.history", shift_page(close))
    slack.ingest()
    assert slack.paths() == {f"C1/{plan}": "slack:T1/C1"}


def test_a_late_reply_that_no_event_told_of_is_found_when_all_is_compared(old_slack: Office) -> None:
    root = old_slack.post("C1", "Who books the train?")
    old_slack.ingest()
    old_slack.running.run(old_slack.slack.advance(60 * DAY))
    old_slack.post("C1", "You do.", root, "U2")
    old_slack.ingest()
    assert old_slack.lines(f"C1/{root}") == ["Who books the train?"]
    compare_again(old_slack)
    assert compared(old_slack.ingest()).endswith("0 threads were missing, 0 too many, 1 not up to date; all are mended")
    assert old_slack.lines(f"C1/{root}") == ["Who books the train?", "You do."]


def test_an_old_thread_that_was_active_lately_is_looked_at_by_every_run(old_slack: Office) -> None:
    root = old_slack.post("C1", "Who books the train?")
    old_slack.running.run(old_slack.slack.advance(55 * DAY))
    old_slack.post("C1", "You do.", root, "U2")
    old_slack.ingest()
    old_slack.post("C1", "Thanks.", root)
    old_slack.ingest()
    assert old_slack.lines(f"C1/{root}") == ["Who books the train?", "You do.", "Thanks."]


def test_comparing_tells_and_mends_what_is_missing_too_much_or_changed(slack: Office) -> None:
    edited, gone, kept = (slack.post("C1", text) for text in ("Desk 4 is free.", "Desk 5 is free.", "Desk 6 is mine."))
    slack.ingest()
    slack.slack.as_user("U1").edit("C1", edited, "Desk 4 is taken.")
    slack.admin.forget("C1", gone)
    slack.state.put_threads("C1", [], [kept])
    compare_again(slack)
    assert compared(slack.ingest()) == (
        "2 channels compared with Slack: 1 threads were missing, 1 too many, 1 not up to date; all are mended"
    )
    assert slack.paths().keys() == {f"C1/{edited}", f"C1/{kept}"}
    assert slack.lines(f"C1/{edited}") == ["Desk 4 is taken."]


def test_a_thread_of_which_nothing_is_left_to_keep_is_forgotten(slack: Office) -> None:
    lunch = slack.post("C1", "Lunch?")
    slack.ingest()
    slack.slack.workspace.channels["C1"].messages[lunch]["text"] = ""
    compare_again(slack)
    assert "1 too many" in compared(slack.ingest())
    assert (slack.paths(), slack.state.threads("C1", "", "9")) == ({}, {})


@pytest.mark.heavy
def test_a_huge_channel_is_gone_through_without_holding_it(slack: Office, tmp_path: Path) -> None:
    made, count = slack.slack.workspace, 100_000
    for number in range(count):
        ts = made.next_ts()
        said = {"type": "message", "user": "U1", "ts": ts, "text": f"Rule {number} " + "is to be of the " * 30}
        made.channels["C1"].messages[ts] = said
    command = [sys.executable, "-m", "tests.ingest.huge_channel", slack.slack.base_url, str(tmp_path / "other")]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=110).stdout
    threads, grown = map(int, told.split())
    assert threads == count
    assert grown < 30  # MiB; the words alone are 50


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_what_happened_to_a_first_message_with_replies_is_seen_by_the_next_run_without_its_event(
    slack: Office, change: str
) -> None:
    root = slack.post("C1", "Who books the train?")
    slack.post("C1", "You do.", root, "U2")
    slack.ingest()
    if change == "edit":
        slack.slack.as_user("U1").edit("C1", root, "Who books the bus?")
    else:
        slack.slack.as_user("U1").delete("C1", root)
    slack.ingest()
    assert slack.lines(f"C1/{root}") == ["Who books the bus?", "You do."][change == "delete" :]


def test_a_deleted_first_message_leaves_the_replies(slack: Office) -> None:
    root = slack.post("C1", "Who books the train?")
    slack.post("C1", "You do.", root, "U2")
    slack.post("C1", "Thanks.", root)
    slack.ingest()
    slack.slack.as_user("U1").delete("C1", root)
    compare_again(slack)
    slack.ingest()
    assert slack.lines(f"C1/{root}") == ["You do.", "Thanks."]


def test_a_message_older_than_the_window_is_not_kept(tmp_path: Path) -> None:
    with office(tmp_path / "home", workspace(time.time() - 61 * DAY), slack_days=30) as slack:
        slack.post("C1", "Too old.")
        slack.running.run(slack.slack.advance(59 * DAY))
        new = slack.post("C1", "New enough.")
        slack.ingest()
        assert slack.paths().keys() == {f"C1/{new}"}


def test_a_message_that_grows_too_old_goes(tmp_path: Path) -> None:
    with office(tmp_path / "home", workspace(time.time() - 61 * DAY)) as slack:
        slack.post("C1", "Grows old.")
        slack.running.run(slack.slack.advance(60 * DAY))
        young = slack.post("C1", "Stays.")
        slack.ingest()
        later = Home(slack.home.settings.model_copy(update={"slack_days": 30}))
        later.__dict__["embedder"] = slack.words
        later.ingest(LIVE, "", NoProgress())
        later.engine.dispose()
        assert slack.paths().keys() == {f"C1/{young}"}


def test_an_app_that_slack_restricts_reads_a_page_and_says_what_to_do(tmp_path: Path) -> None:
    made = workspace()
    made.channels["G1"].members.remove("UBOT")
    made.restricted_history = True
    with office(tmp_path / "home", made) as slack:
        posted = [slack.post("C1", f"Message {number}.") for number in range(40)]
        report = slack.ingest()
        assert slack.paths().keys() == {f"C1/{ts}" for ts in posted[-15:]}
        assert "ingest an export" in report.remarks[-1]
