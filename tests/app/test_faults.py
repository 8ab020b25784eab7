"""What a machine does to us: full disks, lost and broken files, a clock that was set back. Nothing is lost."""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.bootstrap import Home
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.ledger import documents, runs
from retrieval.ledger.engine import writing
from retrieval.ledger.schema import runs as runs_table
from tests.app.commands import two_files
from tests.conftest import write

pytestmark = pytest.mark.heavy

ALPHA = "Alpha is first."


def ingested(home: Path, folder: Path, room: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess[str]:
    """`frontdesk ingest` as a process of its own, which may make no file larger than `room` bytes."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "ingest", str(folder)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(home.parent), "FRONTDESK_HOME": str(home)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = two_files(tmp_path)
    assert ingested(tmp_path / "home", made).returncode == 0
    return made


def first(home: Home) -> str:
    return home.retriever.search("Alpha", PUBLIC, 1)[0].chunk.text


def test_a_full_disk_is_one_sentence_and_what_was_answerable_stays(
    folder: Path, make_home: Callable[..., Home], tmp_path: Path
) -> None:
    more = {f"new-{number}.md": f"# New {number}\n\n" + "More text. " * 3000 for number in range(20)}
    size = (tmp_path / "home" / "ledger.sqlite").stat().st_size
    done = ingested(tmp_path / "home", write(folder, more), size + 200_000)
    assert done.returncode != 0
    assert [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert "Traceback" not in done.stderr
    home = make_home()
    assert first(home) == ALPHA
    assert home.ingest(folder, "", NoProgress()).failed == []
    assert len(documents.entries(home.engine)) == 22


@pytest.mark.parametrize("damage", ["deleted", "truncated", "overwritten"])
def test_a_lost_or_broken_index_file_is_made_again(
    folder: Path, make_home: Callable[..., Home], tmp_path: Path, damage: str
) -> None:
    files = [path for path in (tmp_path / "home" / "index").rglob("*") if path.is_file()]
    assert len(files) > 3
    for file in files:
        content = file.read_bytes()
        if damage == "deleted":
            file.unlink()
        else:
            file.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"\xff" * len(content))
    assert first(make_home()) == ALPHA


def test_a_clock_that_was_set_back_stops_nothing(folder: Path, make_home: Callable[..., Home]) -> None:
    home = make_home()
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with writing(home.engine) as connection:
        connection.execute(update(runs_table).values(started_at=tomorrow, ended_at=tomorrow))
    write(folder, {"c.md": "# Gamma\n\nGamma is third."})
    assert home.ingest(folder, "", NoProgress()).added == 1
    assert [run.state for run in runs.listed_runs(home.engine)] == ["done", "done"]


def test_a_file_dated_back_is_still_read_when_its_content_changed(folder: Path, make_home: Callable[..., Home]) -> None:
    file = folder / "a.md"
    file.write_text("# Alpha\n\nAlpha is last now, and longer.")
    os.utime(file, (0, 0))
    assert make_home().ingest(folder, "", NoProgress()).updated == 1
