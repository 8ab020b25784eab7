"""The live workspace as a source, read by runs from a fake Slack over the real SDK."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.patterns import Patterns
from ingest.report import NoProgress
from retrieval.access import EVERYONE
from retrieval.errors import Unusable
from retrieval.ledger import runs
from tests.ingest.slack_office import Office, office, workspace
from tests.slack_zip import message, slack_zip


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


def test_threads_of_the_apps_channels_become_documents(slack: Office) -> None:
    root = slack.post("C1", "Who books the train?")
    slack.post("C1", "You do.", root, "U2")
    alone = slack.post("G1", "Salaries rise in May.")
    slack.post("C3", "Nobody invited the app.")
    assert slack.counts() == {"added": 2, "chunks_embedded": 2}
    assert slack.paths() == {f"C1/{root}": EVERYONE, f"G1/{alone}": "slack:T1/G1"}
    assert slack.lines(f"C1/{root}") == ["Who books the train?", "You do."]


def test_running_again_changes_nothing_and_reads_no_thread_again(slack: Office) -> None:
    root = slack.post("C1", "Who books the train?")
    slack.post("C1", "You do.", root, "U2")
    slack.ingest()
    slack.calls("")
    assert slack.counts() == {"unchanged": 1}
    assert slack.calls("conversations.replies") == 0


def test_a_new_message_and_a_new_reply_are_read_by_the_next_run(slack: Office) -> None:
    root, other = slack.post("C1", "Who books the train?"), slack.post("C1", "Lunch?")
    slack.ingest()
    slack.post("C1", "You do.", root, "U2")
    new = slack.post("C1", "The canteen is closed.")
    assert slack.counts() == {"added": 1, "updated": 1, "unchanged": 1, "chunks_embedded": 2}
    assert slack.lines(f"C1/{root}") == ["Who books the train?", "You do."]
    assert slack.paths().keys() == {f"C1/{root}", f"C1/{other}", f"C1/{new}"}


def test_a_thread_from_an_export_and_from_slack_is_one_document(slack: Office, tmp_path: Path) -> None:
    root = slack.post("C1", "Who books the train?")
    reply = slack.post("C1", "You do.", root, "U2")
    said = [message("Who books the train?", root, thread_ts=root), message("You do.", reply, "U2", thread_ts=root)]
    export = slack_zip(tmp_path / "export.zip", {"general/2026-01-05": said}, groups=None)
    slack.home.ingest(export, "", NoProgress())
    before = slack.paths()
    assert slack.counts() == {"unchanged": 1}
    assert slack.paths() == before
    assert [source.kind for source in runs.listed_sources(slack.home.engine)] == ["slack-workspace"]


def test_a_channel_that_is_left_out_goes_and_stays_away(slack: Office) -> None:
    slack.post("C1", "Lunch?")
    salary = slack.post("G1", "Salaries rise in May.")
    slack.ingest()
    slack.ingest(patterns=Patterns(exclude=("general",)))
    slack.ingest()
    assert slack.paths().keys() == {f"G1/{salary}"}


def test_a_missing_scope_is_named_with_what_to_do(slack: Office) -> None:
    slack.admin.remove_scope("groups:history")
    slack.post("C1", "Lunch?")
    with pytest.raises(Unusable, match=r"lacks the scope groups:history .* install the app again"):
        slack.ingest()


def test_an_app_in_no_channel_is_told_to_be_invited(slack: Office) -> None:
    slack.admin.kick_bot("C1")
    slack.admin.kick_bot("G1")
    with pytest.raises(Unusable, match="/invite"):
        slack.ingest()
