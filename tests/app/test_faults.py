"""What a machine does to us: full disks, lost and broken files, servers that go away, a clock that was set back.

Nothing is lost.
"""

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.events import AnswerEvent, Done, Failed, Found
from app.question import Question
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.embedder import Vectors
from retrieval.errors import IndexUnavailable, LedgerDamaged
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.engine import writing
from retrieval.ledger.schema import runs as runs_table
from tests.app.commands import two_files
from tests.conftest import write
from tests.postgres_server import PostgresServer
from tests.relay import Relay
from tests.word_embedder import WordEmbedder

pytestmark = pytest.mark.heavy

ALPHA = "Alpha is first."
GAMMA = "Gamma is third."
THIRD = {"c.md": f"# Gamma\n\n{GAMMA}\n"}


class Interrupted(WordEmbedder):
    """Something happens before it embeds passages."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._happens = happens

    def passages(self, texts: Sequence[str]) -> Vectors:
        self._happens()
        return super().passages(texts)


def ingested(
    home: Path, folder: Path, room: int = resource.RLIM_INFINITY, index: str = ""
) -> subprocess.CompletedProcess[str]:
    """`frontdesk ingest` as a process of its own, which may make no file larger than `room` bytes."""
    own = {"HOME": str(home.parent), "FRONTDESK_HOME": str(home), "FRONTDESK_INDEX": index}
    return subprocess.run(
        [sys.executable, "-m", "app.cli", "ingest", str(folder)],
        env={"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]} | own,
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


def first(home: Home, question: str = "Alpha") -> str:
    return home.retriever.search(question, PUBLIC, 1)[0].chunk.text


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


def break_file(file: Path, damage: str) -> None:
    content = file.read_bytes()
    if damage == "deleted":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"\xff" * len(content))


@pytest.mark.parametrize("damage", ["deleted", "truncated", "overwritten"])
def test_a_lost_or_broken_index_file_is_made_again(
    folder: Path, make_home: Callable[..., Home], tmp_path: Path, damage: str
) -> None:
    files = [path for path in (tmp_path / "home" / "index").rglob("*") if path.is_file()]
    assert len(files) > 3
    for file in files:
        break_file(file, damage)
    assert first(make_home()) == ALPHA


@pytest.fixture
def ledger(postgres_cluster: PostgresServer) -> str:
    """The URL of an empty database on a server that the test may stop."""
    return postgres_cluster.url(postgres_cluster.new_database())


def holding(home: Home, folder: Path) -> Home:
    """The home with two documents."""
    home.__dict__["embedder"] = WordEmbedder()
    home.ingest(two_files(folder), "everyone", NoProgress())
    return home


def ends(home: Home, question: str = "What is alpha?") -> AnswerEvent:
    *_, last = replace(home.desk, threshold=0.0).ask(Question(question, NOBODY))
    return last


def test_a_database_that_goes_away_in_the_middle_of_a_run_takes_nothing_with_it(
    make_home: Callable[..., Home], postgres_cluster: PostgresServer, ledger: str, tmp_path: Path
) -> None:
    running = holding(make_home(ledger=ledger), tmp_path)
    other = make_home(ledger=ledger)
    other.__dict__["embedder"] = Interrupted(postgres_cluster.stop)
    try:
        with pytest.raises(LedgerDamaged, match=r"The ledger postgresql\S+ cannot be used"):
            other.ingest(write(tmp_path / "notes", THIRD), "everyone", NoProgress())
        with pytest.raises(LedgerDamaged, match=r"The ledger postgresql\S+ cannot be used"):
            ends(running)
    finally:
        postgres_cluster.start()
    assert isinstance(ends(running), Done)
    assert running.ingest(tmp_path / "notes", "", NoProgress()).added == 1
    assert first(running, "Gamma") == GAMMA
    assert [run.state for run in runs.listed_runs(running.engine)] == ["done", "interrupted", "done"]


def test_a_database_that_was_restarted_is_used_again_by_the_next_question(
    make_home: Callable[..., Home], postgres_cluster: PostgresServer, ledger: str, tmp_path: Path
) -> None:
    home = holding(make_home(ledger=ledger), tmp_path)
    assert isinstance(ends(home), Done)
    postgres_cluster.stop()
    postgres_cluster.start()
    assert isinstance(ends(home), Done)


def test_a_database_that_goes_away_in_the_middle_of_an_answer_fails_it_and_keeps_the_question(
    make_home: Callable[..., Home], postgres_cluster: PostgresServer, ledger: str, tmp_path: Path
) -> None:
    home = holding(make_home(ledger=ledger), tmp_path)
    sam = Caller("sam@office.example")
    events = replace(home.desk, threshold=0.0).ask(Question("What is alpha?", sam))
    assert isinstance(next(events), Found)
    postgres_cluster.stop()
    try:
        told = list(events)
    finally:
        postgres_cluster.start()
    assert [type(event) for event in told if event.kind != "token"] == [Failed]
    (talk,) = home.conversations.listed(sam)
    assert [message.text for message in home.conversations.transcript(sam, talk.id)] == ["What is alpha?"]


def test_a_milvus_server_that_cannot_be_reached_for_a_while_loses_nothing(
    make_home: Callable[..., Home], milvus: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with Relay(milvus) as relay:
        running = holding(make_home(index=f"milvus:{relay.uri}"), tmp_path)
        other = make_home(index=f"milvus:{relay.uri}")
        other.__dict__["embedder"] = Interrupted(relay.cut)
        with monkeypatch.context() as patient:
            for limit in ("_ASK", "_CHANGE"):
                patient.setattr(f"retrieval.milvus_client.{limit}", 2.0)
            with pytest.raises(IndexUnavailable, match="the ledger is complete, and the index follows by itself"):
                other.ingest(write(tmp_path / "notes", THIRD), "everyone", NoProgress())
            failed = ends(running)
        relay.mend()
        assert isinstance(failed, Failed)
        assert (failed.retryable, "Look whether it runs" in failed.message) == (True, True)
        assert first(running, "Gamma") == GAMMA
        assert running.ingest(tmp_path / "notes", "", NoProgress()).unchanged == 3


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of two documents with their vectors in Milvus Lite, made by a process that has ended; to be copied."""
    folder = tmp_path_factory.mktemp("lite")
    ingested(folder / "home", two_files(folder), index="milvus:index.db").check_returncode()
    return folder / "home"


def near(home: Home) -> set[str]:
    """The chunks that the dense index finds."""
    return {one.chunk_id for one in home.indexes.dense.search(home.embedder.query("Alpha"), PUBLIC, 9)}


@pytest.mark.parametrize("damage", ["deleted", "truncated", "overwritten"])
def test_a_lost_or_broken_part_of_a_milvus_lite_file_is_made_again_or_told(
    lite: Path, make_home: Callable[..., Home], tmp_path: Path, damage: str
) -> None:
    parts = [part.relative_to(lite) for part in (lite / "index.db").rglob("*") if part.is_file()]
    assert len(parts) > 5
    told = set()
    for number, part in enumerate(parts):
        copy = shutil.copytree(lite, tmp_path / str(number))
        break_file(copy / part, damage)
        try:
            home = make_home(str(number), index="milvus:index.db")
            assert (first(home), near(home)) == (ALPHA, set(lookup.alive_ids(home.engine)))
        except IndexUnavailable as exc:
            told.add(str(exc).removeprefix(f"Milvus at {copy / 'index.db'} "))
    sentence = (
        "cannot be used. If that stays so, delete it and start again: the ledger is complete, and the index follows "
        "by itself"
    )
    assert told == (set() if damage == "deleted" else {sentence})


def test_a_milvus_lite_file_that_was_deleted_is_made_again(
    lite: Path, make_home: Callable[..., Home], tmp_path: Path
) -> None:
    shutil.rmtree(shutil.copytree(lite, tmp_path / "home") / "index.db")
    home = make_home(index="milvus:index.db")
    assert (first(home), near(home)) == (ALPHA, set(lookup.alive_ids(home.engine)))


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
