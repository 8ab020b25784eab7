import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.lock import writer
from retrieval.errors import LedgerBusy


def test_the_second_writer_is_told_who_is_writing(tmp_path: Path) -> None:
    said = rf"process {os.getpid()}\)\. Wait until it is done"
    with writer(tmp_path), pytest.raises(LedgerBusy, match=said), writer(tmp_path):
        pytest.fail("two writers at a time")


def test_after_the_first_writer_the_next_one_may_write(tmp_path: Path) -> None:
    for _ in range(2):
        with writer(tmp_path):
            held = (tmp_path / "writer.lock").read_text()
    assert held == str(os.getpid())


def test_two_homes_have_two_writers(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with writer(tmp_path / "a"), writer(tmp_path / "b"):
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_killed_writers_lock_dies_with_it(tmp_path: Path) -> None:
    script = (
        "import os, pathlib, sys\nfrom ingest.lock import writer\n"
        "with writer(pathlib.Path(sys.argv[1])):\n    os._exit(9)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parents[2], check=False)
    with writer(tmp_path):
        assert killed.returncode == 9
