"""`frontdesk ingest`, `runs` and `sources` as the console script does. What a run does: tests/ingest/test_run.py."""

from pathlib import Path

from tests.app.commands import Frontdesk, one_sentence, two_files
from tests.conftest import write


def test_runs_and_sources_say_what_to_do_first_when_there_are_none(frontdesk: Frontdesk) -> None:
    for command, nothing in (("runs", "No runs yet"), ("sources", "No sources yet")):
        done = frontdesk(command)
        assert (done.code, done.out.strip()) == (0, f"{nothing}. Begin with: frontdesk ingest FOLDER")


def test_runs_and_sources_are_listed(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)), "--audience", "group:hr")
    frontdesk("ingest", "notes")
    runs, sources = frontdesk("runs"), frontdesk("sources")
    assert [line.split()[:3] for line in runs.out.splitlines() if "notes" in line] == [
        ["2", "notes", "done"],
        ["1", "notes", "done"],
    ]
    assert "group:hr" in next(line for line in sources.out.splitlines() if line.split()[:1] == ["notes"])
    listed = frontdesk("runs", "--json").json["runs"]
    assert [(one["id"], one["state"], one["done"], one["seconds_left"]) for one in listed] == [
        (2, "done", 2, None),
        (1, "done", 2, None),
    ]


def test_a_run_that_is_over_cannot_be_paused(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    for command in ("pause", "cancel"):
        done = frontdesk("runs", command, "1")
        assert one_sentence(done)
        assert "Run 1 is not running any more, it is done" in done.error


def test_resuming_goes_on_with_the_runs_source(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    frontdesk("ingest", str(folder))
    write(folder, {"c.md": "# Gamma\n\nGamma is third."})
    assert frontdesk("runs", "resume", "1").code == 0
    assert len(frontdesk("documents", "--json").json["documents"]) == 3


def test_a_schedule_is_said_and_shown(frontdesk: Frontdesk, tmp_path: Path) -> None:
    frontdesk("ingest", str(two_files(tmp_path)))
    assert "every 30 minutes while" in frontdesk("sources", "schedule", "notes", "--every", "30").out
    assert "every 30 min" in frontdesk("sources").out
    assert "by hand only" in frontdesk("sources", "schedule", "notes", "--every", "0").out
    assert "There is no source 'other'" in frontdesk("sources", "schedule", "other", "--every", "30").error


def test_patterns_and_a_second_try_are_flags(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    write(folder, {"broken.md": ""})
    found = frontdesk("ingest", str(folder), "--exclude", "b.md", "--json").json
    assert (found["added"], [one["uri"] for one in found["failed"]]) == (1, ["notes/broken.md"])
    write(folder, {"broken.md": "# Mended\n\nIt is mended."})
    again = frontdesk("ingest", "notes", "--retry-failed", "--json").json
    assert (again["added"], again["unchanged"], again["failed"]) == (1, 0, [])


def test_what_failed_is_shown_with_what_to_do_about_it(frontdesk: Frontdesk, tmp_path: Path) -> None:
    folder = two_files(tmp_path)
    write(folder, {"broken.md": ""})
    said = frontdesk("ingest", str(folder)).out
    assert "failed notes/broken.md: there is no text in it" in said
    assert "or by: frontdesk ingest SOURCE --retry-failed" in said
