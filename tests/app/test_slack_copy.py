"""The copy of a workspace in a home: by name, with events between runs, until the app is removed."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app import people, slack_choices, slack_inbox
from app.access import caller_for
from app.bootstrap import Home
from app.people import Person
from app.settings import Settings
from app.slack_copy import DAILY, LIVE, SlackCopy
from app.slack_inbox import NewEvent
from ingest.lock import writer
from ingest.report import NoProgress
from retrieval.access import ADMINS, EVERYONE
from retrieval.errors import FrontdeskError, Unusable
from retrieval.ledger import runs
from tests.ingest.slack_office import HANA, Office, office, workspace
from tests.slack_zip import message, slack_zip


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home", workspace()) as opened:
        yield opened


@pytest.fixture
def train(slack: Office) -> str:
    """A thread of two, read by a run."""
    return slack.read("C1", "Who books the train?", "You do.")


@pytest.fixture
def salary(slack: Office) -> str:
    """A message in the private channel, read by a run."""
    return slack.read("G1", "Salaries rise in May.")


def test_an_export_may_not_bring_back_what_was_deleted_since(slack: Office, tmp_path: Path) -> None:
    slack.post("C1", "Lunch?")
    slack.ingest()
    export = slack_zip(tmp_path / "export.zip", {"general/2026-01-05": [message("Old.", "1767603600.000100")]})
    with pytest.raises(Unusable, match="read live as slack-T1"):
        slack.home.ingest(export, "", NoProgress())


def test_without_a_token_it_says_which_setting_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    home = Home(Settings(home=tmp_path / "home"))
    with pytest.raises(Unusable, match="FRONTDESK_SLACK_BOT_TOKEN"):
        home.ingest(LIVE, "", NoProgress())
    home.engine.dispose()


def test_where_nothing_is_copied_no_event_waits_for_ever(make_home: Callable[..., Home]) -> None:
    home = make_home()
    slack_inbox.store(home.engine, NewEvent("Ev1", "T1", "message", {"team_id": "T1", "event": {"type": "message"}}))
    assert SlackCopy(home).follow() is False
    assert slack_inbox.waiting(home.engine, "syncing", 10) == []
    assert [event.id for event in slack_inbox.waiting(home.engine, "answering", 10)] == ["Ev1"]


def test_a_source_that_was_read_live_is_read_again_by_its_name(slack: Office) -> None:
    slack.post("C1", "Lunch?")
    slack.ingest()
    slack.post("C1", "Dinner?")
    slack.home.ingest(Path("slack-T1"), "", NoProgress())
    assert len(slack.paths()) == 2
    assert [(one.path, one.kind) for one in runs.listed_sources(slack.home.engine)] == [("slack", "slack-workspace")]


def every_minutes(slack: Office) -> list[int]:
    return [source.every_minutes for source in runs.listed_sources(slack.home.engine)]


def test_a_workspace_that_is_read_live_is_compared_each_day_unless_somebody_chooses_otherwise(slack: Office) -> None:
    slack.post("C1", "Lunch?")
    slack.ingest()
    assert every_minutes(slack) == [DAILY]
    runs.schedule(slack.home.engine, "slack-T1", 0)
    slack.ingest()
    assert every_minutes(slack) == [0]


def test_an_export_is_not_compared_by_itself_until_its_workspace_is_read_live(slack: Office, tmp_path: Path) -> None:
    export = slack_zip(tmp_path / "export.zip", {"general/2026-01-05": [message("Old.", "1767603600.000100")]})
    slack.home.ingest(export, "", NoProgress())
    assert every_minutes(slack) == [0]
    slack.post("C1", "Lunch?")
    slack.ingest()
    assert every_minutes(slack) == [DAILY]


def test_what_differed_is_kept_with_the_run(slack: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, lost = slack.post("C1", "Lunch?"), slack.post("C1", "Dinner?")
    slack.ingest()
    slack.admin.forget("C1", lost)  # no event tells
    slack.slack.workspace.channels["C1"].messages[kept]["text"] = "Breakfast?"
    assert runs.listed_runs(slack.home.engine)[0].remarks == ()
    monkeypatch.setattr("ingest.slack_pass._COMPARED_FOR", timedelta())
    slack.ingest()
    (remark,) = runs.listed_runs(slack.home.engine)[0].remarks
    assert "0 threads were missing, 1 too many, 1 not up to date; all are mended" in remark


def test_when_the_app_is_removed_nothing_is_kept(slack: Office, train: str, salary: str) -> None:
    slack.post("C1", "Never read.")
    slack.admin.uninstall()
    slack.follow()
    assert (slack.paths(), slack.state.channels(), slack.stored()) == ({}, {}, "")
    assert slack_inbox.waiting(slack.home.engine, "syncing", 100) == []


def test_when_the_app_is_removed_the_company_keeps_its_groups(slack: Office) -> None:
    people.add(slack.home.engine, Person("hana@office.example", "Hana", ("staff",), ""))
    slack.post("C1", "Lunch?")
    slack.home.ingest(LIVE, "group:staff", NoProgress())
    slack.admin.uninstall()
    slack.follow()
    assert slack.state.channels() == {}
    assert "group:staff" in caller_for(slack.home.engine, "hana@office.example").audiences


def test_messages_of_somebody_who_opts_out_go_and_none_come(slack: Office, train: str) -> None:
    slack_choices.opt_out(slack.home.engine, "T1", "U2")
    slack.follow()
    assert slack.lines(f"C1/{train}") == ["Who books the train?"]
    slack.post("C1", "Me again.", train, "U2")
    slack.follow()
    slack.ingest()
    assert slack.lines(f"C1/{train}") == ["Who books the train?"]


def test_during_a_run_closing_does_not_wait_and_the_rest_comes_after_it(slack: Office, train: str) -> None:
    lunch = slack.post("C1", "Lunch?")
    slack.follow()
    new = slack.post("C1", "The canteen is closed.")
    slack.slack.as_user("U1").delete("C1", train)
    slack.admin.convert_private("C1")
    with writer(slack.home.settings.home):
        assert not slack.follow()
        assert slack.paths() == {f"C1/{train}": ADMINS, f"C1/{lunch}": "slack:T1/C1"}
        assert slack.readable(HANA) == set()
    slack.follow()
    assert slack.paths() == dict.fromkeys([f"C1/{train}", f"C1/{lunch}", f"C1/{new}"], "slack:T1/C1")
    assert slack.lines(f"C1/{train}") == ["You do."]


def test_what_was_not_applied_is_applied_by_the_next_process(slack: Office, train: str) -> None:
    new = slack.post("C1", "The canteen is closed.")
    slack.away(times=1)
    with pytest.raises(FrontdeskError, match="the app was removed"):
        slack.follow()
    assert SlackCopy(slack.home).follow() is False
    assert slack.paths() == {f"C1/{train}": EVERYONE, f"C1/{new}": EVERYONE}
