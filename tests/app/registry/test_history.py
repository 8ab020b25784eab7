"""What was promoted and rolled back, in a file that only grows."""

import os
import threading
from pathlib import Path

import pytest

from app.registry.history import Change, History

FILE = "history.jsonl"


def test_the_version_promoted_last_answers_and_a_rollback_gives_way_to_the_one_before(tmp_path: Path) -> None:
    history = History(tmp_path)
    assert history.promoted() == []
    history.add(Change.PROMOTED, "hr/1")
    history.add(Change.PROMOTED, "hr/2", "better")
    assert history.promoted() == ["hr/1", "hr/2"]
    entry = history.add(Change.ROLLED_BACK, "hr/2")
    assert (entry.before, history.promoted()) == ("hr/2", ["hr/1"])
    assert [one.change for one in history.entries()] == ["promoted", "promoted", "rolled back"]


def test_what_failed_gives_way_only_where_it_still_is_the_last(tmp_path: Path) -> None:
    history = History(tmp_path)
    for version in ("hr/1", "hr/2", "hr/3"):
        history.add(Change.PROMOTED, version)
    history.add(Change.FAILED, "hr/2")
    assert history.promoted() == ["hr/1", "hr/2", "hr/3"]
    history.add(Change.FAILED, "hr/3")
    assert history.promoted() == ["hr/1", "hr/2"]


def test_a_version_that_is_promoted_again_stands_once(tmp_path: Path) -> None:
    history = History(tmp_path)
    for version in ("hr/1", "hr/2", "hr/1"):
        history.add(Change.PROMOTED, version)
    assert history.promoted() == ["hr/2", "hr/1"]


def test_a_line_that_was_cut_short_counts_for_nothing_and_the_next_is_whole(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add(Change.PROMOTED, "hr/1")
    whole = (tmp_path / FILE).read_bytes()
    for cut in range(1, len(whole)):  # as if it died while it wrote the second line
        (tmp_path / FILE).write_bytes(whole + whole.replace(b"hr/1", b"hr/2")[:-cut])
        assert history.promoted()[:1] == ["hr/1"]
    history.add(Change.PROMOTED, "hr/3")
    assert history.promoted() == ["hr/1", "hr/3"]


def test_lines_that_are_no_entries_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('7\n[]\n{"change": "danced", "version": "x"}\n\n')
    assert History(tmp_path).entries() == []


def test_many_at_once_lose_no_line_and_each_sees_the_one_before(tmp_path: Path) -> None:
    threads = [
        threading.Thread(target=History(tmp_path).add, args=(Change.PROMOTED, f"hr/{number}")) for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = History(tmp_path).entries()
    assert len(entries) == 20
    assert [one.before for one in entries[1:]] == [one.version for one in entries[:-1]]


def test_the_stamp_changes_with_every_line(tmp_path: Path) -> None:
    history = History(tmp_path)
    stamps = [history.stamp()]
    for _ in range(3):
        history.add(Change.SERVING, "hr/1")
        stamps.append(history.stamp())
    assert len(set(stamps)) == 4


def test_who_has_no_name_is_told_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 987654)
    assert History(tmp_path).add(Change.PROMOTED, "hr/1").who == "uid 987654"
