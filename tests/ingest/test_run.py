"""Runs that somebody watches, pauses, cancels and goes on with; sources that are remembered; failures tried again."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.settings import Settings
from ingest import reader
from ingest.folder import Folder
from ingest.patterns import Patterns
from ingest.report import NoProgress, Report
from retrieval.document import Document
from retrieval.errors import LedgerDamaged, Missing, Unusable
from retrieval.ledger import documents, runs
from retrieval.ledger.runs import Wish
from tests.conftest import write
from tests.word_embedder import WordEmbedder

FILES = {f"{name}.md": f"# {name}\n\nThe rule about {name} is simple." for name in ("badges", "leave", "pay", "travel")}


class Stopper:
    """Progress that asks the run to stop after its first document."""

    def __init__(self, home: Home, wish: Wish) -> None:
        self._home, self._wish = home, wish

    def at(self, report: Report, total: int) -> None:
        runs.wish(self._home.engine, runs.listed_runs(self._home.engine, 1)[0].id, self._wish)


class Counting:
    """Reads, and remembers what."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, data: bytes, path: str) -> Document:
        self.read.append(path)
        return reader.read(data, path)


@dataclass(frozen=True)
class Company:
    folder: Path
    home: Home
    words: WordEmbedder

    def states(self) -> list[str]:
        return [run.state for run in runs.listed_runs(self.home.engine)]

    def uris(self) -> list[str]:
        return [entry.uri for entry in documents.entries(self.home.engine)]


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    home, words = Home(Settings(home=tmp_path / "home")), WordEmbedder()
    home.__dict__["embedder"] = words
    yield Company(write(tmp_path / "manuals", FILES), home, words)
    home.engine.dispose()


@pytest.mark.parametrize(("wish", "state"), [(Wish.PAUSE, "paused"), (Wish.CANCEL, "cancelled")])
def test_a_run_stops_where_it_is_keeps_what_it_did_and_goes_on_from_there(
    company: Company, wish: Wish, state: str
) -> None:
    report = company.home.ingest(company.folder, "", Stopper(company.home, wish))
    assert (report.stopped, company.states(), company.uris()) == (state, [state], ["manuals/badges.md"])
    again = company.home.ingest(Path("manuals"), "", NoProgress())
    assert (again.added, again.unchanged, again.stopped) == (3, 1, "")
    assert company.states() == ["done", state]
    assert len(company.words.embedded) == len(set(company.words.embedded)) == 4


def test_a_stopped_run_removes_nothing(company: Company) -> None:
    company.home.ingest(company.folder, "", NoProgress())
    (company.folder / "travel.md").unlink()
    company.home.ingest(company.folder, "", Stopper(company.home, Wish.PAUSE))
    assert len(company.uris()) == 4


def test_a_run_tells_how_far_it_is(company: Company) -> None:
    company.home.ingest(company.folder, "", NoProgress())
    (run,) = runs.listed_runs(company.home.engine)
    assert (run.state, run.done, run.total, run.counts["added"], run.seconds_left) == ("done", 4, 4, 4, None)


def test_a_run_that_died_counts_as_interrupted_when_the_next_one_begins(company: Company) -> None:
    dead = runs.start_run(company.home.engine, "manuals")
    company.home.ingest(company.folder, "", NoProgress())
    assert [(run.id == dead, run.state) for run in runs.listed_runs(company.home.engine)] == [
        (False, "done"),
        (True, "interrupted"),
    ]


def test_a_run_that_cannot_go_on_counts_as_failed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise LedgerDamaged("The disk is full")

    monkeypatch.setattr(documents, "store_embeddings", broken)
    with pytest.raises(LedgerDamaged):
        company.home.ingest(company.folder, "", NoProgress())
    assert company.states() == ["failed"]


def test_a_run_that_is_over_or_unknown_cannot_be_stopped(company: Company) -> None:
    company.home.ingest(company.folder, "", NoProgress())
    with pytest.raises(Unusable, match="Run 1 is not running any more, it is done"):
        runs.wish(company.home.engine, 1, Wish.PAUSE)
    with pytest.raises(Missing, match="There is no run 99"):
        runs.wish(company.home.engine, 99, Wish.PAUSE)


def test_what_could_not_be_read_is_read_again_only_when_it_changed_or_is_asked_for(company: Company) -> None:
    write(company.folder, {"blank.txt": "", "empty.md": ""})
    read = Counting()

    def ingest(*, failed_only: bool = False) -> list[str]:
        read.read.clear()
        folder = Folder(company.folder, "everyone", read=read)
        with company.home.alone():
            report = company.home.ingest_source(folder, NoProgress(), failed_only=failed_only)
        assert len(report.failed) == 2
        return list(read.read)

    assert len(ingest()) == 6
    assert ingest() == []
    assert ingest(failed_only=True) == ["blank.txt", "empty.md"]
    write(company.folder, {"empty.md": "\n"})
    assert ingest() == ["empty.md"]


def test_trying_again_what_failed_leaves_everything_else_alone(company: Company) -> None:
    write(company.folder, {"late.md": ""})
    company.home.ingest(company.folder, "", NoProgress())
    write(company.folder, {"late.md": "# Late\n\nNow it says something.", "new.md": "# New\n\nNobody asked for it."})
    (company.folder / "travel.md").unlink()
    report = company.home.ingest(Path("manuals"), "", NoProgress(), failed_only=True)
    assert (report.added, report.removed, report.done) == (1, 0, 1)
    assert runs.known_failures(company.home.engine) == []
    assert "manuals/travel.md" in company.uris()


def test_a_folder_that_lists_nothing_any_more_removes_nothing(company: Company) -> None:
    company.home.ingest(company.folder, "", NoProgress())
    for name in FILES:
        (company.folder / name).unlink()
    with pytest.raises(Unusable, match="is empty.*stays answerable until it is deleted"):
        company.home.ingest(company.folder, "", NoProgress())
    assert len(company.uris()) == 4


def test_leaving_out_the_audience_the_next_time_opens_nothing(company: Company) -> None:
    company.home.ingest(company.folder, "group:hr", NoProgress())
    company.home.ingest(company.folder, "", NoProgress())
    assert {entry.audience for entry in documents.entries(company.home.engine)} == {"group:hr"}
    company.home.ingest(company.folder, "everyone", NoProgress())
    assert {entry.audience for entry in documents.entries(company.home.engine)} == {"everyone"}


def test_patterns_decide_what_counts_and_stay_for_the_next_time(company: Company) -> None:
    write(company.folder, {"drafts/plan.md": "# Plan\n\nA draft.", "policies/gifts.md": "# Gifts\n\nNo gifts."})
    patterns = Patterns(("policies", "*.md"), ("pay.*", "drafts"))
    company.home.ingest(company.folder, "", NoProgress(), patterns=patterns)
    wanted = ["manuals/badges.md", "manuals/leave.md", "manuals/policies/gifts.md", "manuals/travel.md"]
    assert company.uris() == wanted
    assert company.home.ingest(Path("manuals"), "", NoProgress()).unchanged == 4
    assert company.uris() == wanted


def test_one_file_of_a_source_does_not_become_the_source(company: Company) -> None:
    company.home.ingest(company.folder, "group:hr", NoProgress())
    company.home.ingest(company.folder / "pay.md", "", NoProgress())
    (source,) = runs.listed_sources(company.home.engine)
    assert (source.path, source.options["audience"]) == (str(company.folder), "group:hr")


def test_a_name_that_no_source_has_is_told_with_the_known_ones(company: Company) -> None:
    company.home.ingest(company.folder, "", NoProgress())
    with pytest.raises(Unusable, match="There is nothing at manals.*Known sources are: manuals"):
        company.home.ingest(Path("manals"), "", NoProgress())
