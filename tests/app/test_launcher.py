"""Runs that the server starts by itself or for somebody."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.launcher import Launcher, is_alive, is_due
from ingest.report import NoProgress
from retrieval.errors import Unusable
from retrieval.ledger import runs
from retrieval.ledger.runs import Run, SourceEntry
from tests.app.commands import two_files
from tests.fake_slack import FakeSlack
from tests.fake_slack.background import in_thread
from tests.ingest.slack_office import workspace

pytestmark = pytest.mark.heavy  # each starts processes of its own

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def run_of(source: str, minutes_ago: float, state: str = "done") -> Run:
    return Run(1, source, state, NOW - timedelta(minutes=minutes_ago), None, None, 2, {})


def hourly(name: str = "notes") -> SourceEntry:
    return SourceEntry(name, "folder", f"/{name}", f"/{name}", {}, 60)


@pytest.mark.parametrize(
    ("listed", "due"),
    [
        ([], True),
        ([run_of("notes", 59)], False),
        ([run_of("notes", 60)], True),
        ([run_of("other", 1)], True),
        ([run_of("notes", 10), run_of("notes", 200)], False),
        ([run_of("notes", 200, "paused")], False),
        ([run_of("notes", 200, "failed")], True),
        ([run_of("notes", -600)], True),
    ],
    ids=["never", "too early", "in time", "another's", "the newest counts", "paused", "failed", "clock set back"],
)
def test_when_a_source_is_due(listed: list[Run], due: bool) -> None:
    assert is_due(hourly(), listed, NOW) is due


def test_a_source_without_a_schedule_is_never_due() -> None:
    assert not is_due(SourceEntry("notes", "folder", "/notes", "/notes"), [], NOW)


def test_a_run_that_says_nothing_for_long_is_not_alive() -> None:
    assert (is_alive(run_of("notes", 4, "running"), NOW), is_alive(run_of("notes", 6, "running"), NOW)) == (True, False)


@pytest.fixture
def home(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    made = make_home()
    made.ingest(two_files(tmp_path), "everyone", NoProgress())
    return made


@pytest.fixture
def launcher(home: Home) -> Iterator[Launcher]:
    made = Launcher(home.engine, home.settings)
    yield made
    made.close()


def finished(home: Home, run: int) -> Run:
    """The run when it is over."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if runs.run_of(home.engine, run).state != "running":
            return runs.run_of(home.engine, run)
        time.sleep(0.05)
    raise AssertionError("the run did not end")


def test_what_is_due_is_ingested_by_its_name_in_a_process_of_its_own(
    home: Home, launcher: Launcher, tmp_path: Path
) -> None:
    (tmp_path / "notes" / "c.md").write_text("# Gamma\n\nGamma is third.\n")
    runs.schedule(home.engine, "notes", 1)
    launcher.start_due(datetime.now(UTC))
    assert len(runs.listed_runs(home.engine)) == 1  # the run before was just now
    launcher.start_due(datetime.now(UTC) + timedelta(minutes=2))
    run = finished(home, runs.listed_runs(home.engine)[0].id)
    assert (run.source, run.state, run.counts["added"], run.counts["unchanged"]) == ("notes", "done", 1, 2)


def test_a_source_that_cannot_begin_does_not_hold_up_the_others(home: Home, launcher: Launcher, tmp_path: Path) -> None:
    runs.add_source(home.engine, "folder", "/gone", "gone")
    runs.remember_source(home.engine, "/gone", "/gone", {})
    for name in ("gone", "notes"):
        runs.schedule(home.engine, name, 1)
    launcher.start_due(datetime.now(UTC) + timedelta(minutes=2))
    newest = runs.listed_runs(home.engine)[0]
    assert (newest.id > 1, newest.source) == (True, "notes")
    assert finished(home, newest.id).state == "done"


def test_a_source_that_could_not_begin_is_not_tried_at_every_look(
    home: Home, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Sequence[str]] = []

    def refuse(arguments: Sequence[str]) -> int:
        tried.append(arguments)
        raise Unusable("There is nothing")

    monkeypatch.setattr(launcher, "start", refuse)
    runs.schedule(home.engine, "notes", 10)
    begun = datetime.now(UTC) + timedelta(minutes=11)
    for seconds in range(0, 1260, 15):
        launcher.start_due(begun + timedelta(seconds=seconds))
    assert len(tried) == 3  # at once, after ten minutes, after twenty


def test_nothing_is_started_beside_a_run_that_goes_on(home: Home, launcher: Launcher) -> None:
    runs.schedule(home.engine, "notes", 1)
    going = runs.start_run(home.engine, "notes")
    launcher.start_due(datetime.now(UTC) + timedelta(minutes=2))
    assert runs.listed_runs(home.engine)[0].id == going


def test_a_run_that_cannot_begin_says_why(launcher: Launcher) -> None:
    with pytest.raises(Unusable, match="There is nothing at /nowhere"):
        launcher.start(["--", "/nowhere"])


def test_a_run_is_refused_while_another_one_writes(home: Home, launcher: Launcher, tmp_path: Path) -> None:
    with home.alone(), pytest.raises(Unusable, match="Another run is writing"):
        launcher.start(["--", str(tmp_path / "notes")])


def test_the_run_that_slack_takes_is_started_once_no_other_goes_on(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = workspace()
    with in_thread(FakeSlack(made)) as running:
        monkeypatch.setenv("FRONTDESK_SLACK_BOT_TOKEN", "xoxb-fake")
        monkeypatch.setenv("FRONTDESK_SLACK_API", running.slack.base_url)
        running.slack.as_user("U1").post("C1", "Who books the train?")
        wants = iter([True, False, False])
        launcher = Launcher(home.engine, home.settings, lambda: next(wants))
        going = runs.start_run(home.engine, "notes")
        launcher.follow()
        assert runs.listed_runs(home.engine)[0].id == going
        runs.end_run(home.engine, going, {})
        launcher.follow()
        run = finished(home, runs.listed_runs(home.engine)[0].id)
        launcher.follow()
        launcher.close()
    assert (run.source, run.state, run.counts["added"]) == ("slack-T1", "done", 1)
    assert runs.listed_runs(home.engine)[0].id == run.id
