import threading
import time
from pathlib import Path

import pytest

from app.watching import changes
from retrieval.errors import Unusable


def test_without_watching_there_is_one_turn(tmp_path: Path) -> None:
    assert len(list(changes(tmp_path, endless=False))) == 1


def test_a_change_below_the_folder_is_another_turn(tmp_path: Path) -> None:
    turns = changes(tmp_path, endless=True)
    next(turns)

    def write_soon() -> None:
        time.sleep(0.5)
        (tmp_path / "deep").mkdir()
        (tmp_path / "deep" / "new.md").write_text("# New")

    threading.Thread(target=write_soon).start()
    next(turns)
    assert (tmp_path / "deep").exists()
    turns.close()  # type: ignore[attr-defined]


def test_what_is_not_there_cannot_be_watched(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="There is nothing to watch at"):
        next(changes(tmp_path / "nowhere", endless=True))
