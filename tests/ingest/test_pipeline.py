"""Ingestion runs on real folders, with the real store and a small embedder that remembers what it was asked."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.bootstrap import Home
from app.settings import Settings
from ingest.folder import Folder
from ingest.lock import writer
from ingest.report import NoProgress, Report
from ingest.source import Item, Unlisted
from retrieval.access import PUBLIC, Scope
from retrieval.document import NO_FACTS, Document, Facts
from retrieval.errors import EmbedderMismatch, LedgerBusy, Unusable
from retrieval.ledger import documents, runs
from retrieval.ledger.engine import reading, writing
from retrieval.ledger.schema import documents as documents_table
from retrieval.ledger.schema import runs as runs_table
from tests.conftest import write
from tests.word_embedder import WordEmbedder

FILES = {
    "leave.md": "# Leave\n\nAnnual leave is 25 days.\n\n## Sabbatical\n\nA sabbatical is unpaid.",
    "pay.html": "<h1>Pay</h1><p>Salaries are paid monthly.</p>",
    "jury.txt": "Jury duty\n=========\n\nJury duty is paid in full.\n",
}


@dataclass(frozen=True)
class Company:
    """A folder of documents and a home that ingests it."""

    folder: Path
    home: Home
    words: WordEmbedder

    def ingest(self) -> Report:
        return self.home.ingest(self.folder, "everyone", NoProgress())

    def counts(self) -> dict[str, int]:
        return self.ingest().counts()

    def texts(self, question: str, scope: Scope = PUBLIC) -> list[str]:
        return [hit.chunk.text for hit in self.home.retriever.search(question, scope, 20)]

    def touch(self, name: str) -> None:
        """As if it had been written a minute later."""
        stat = (self.folder / name).stat()
        os.utime(self.folder / name, ns=(stat.st_atime_ns, stat.st_mtime_ns + 60 * 10**9))


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    home, words = Home(Settings(home=tmp_path / "home")), WordEmbedder()
    home.__dict__["embedder"] = words
    yield Company(write(tmp_path / "docs", FILES), home, words)
    home.engine.dispose()


def numbers(**changed: int) -> dict[str, int]:
    return dict.fromkeys(["added", "updated", "unchanged", "removed", "failed", "chunks_embedded"], 0) | changed


def test_new_documents_are_added(company: Company) -> None:
    assert company.counts() == numbers(added=3, chunks_embedded=4)


def test_what_was_ingested_is_found(company: Company) -> None:
    company.ingest()
    assert company.texts("Is a sabbatical unpaid?")[0] == "A sabbatical is unpaid."


def test_running_again_changes_nothing_and_embeds_nothing(company: Company) -> None:
    company.ingest()
    before = (documents.entries(company.home.engine), list(company.words.embedded))
    assert company.counts() == numbers(unchanged=3)
    assert (documents.entries(company.home.engine), company.words.embedded) == before


def test_unchanged_documents_are_not_read_again(company: Company) -> None:
    company.ingest()
    for name in FILES:
        stat = (company.folder / name).stat()
        (company.folder / name).write_bytes(b"x" * stat.st_size)
        os.utime(company.folder / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert company.counts() == numbers(unchanged=3)


def test_a_touched_document_with_the_same_content_is_unchanged(company: Company) -> None:
    company.ingest()
    company.touch("leave.md")
    company.touch("jury.txt")
    assert company.counts() == numbers(unchanged=3)


def test_a_changed_document_embeds_its_new_chunk_only(company: Company) -> None:
    company.ingest()
    write(company.folder, {"leave.md": FILES["leave.md"].replace("unpaid", "paid for the first month only")})
    assert company.counts() == numbers(updated=1, unchanged=2, chunks_embedded=1)
    assert company.texts("sabbatical")[0] == "A sabbatical is paid for the first month only."


def test_a_shrunken_document_loses_its_old_chunks(company: Company) -> None:
    company.ingest()
    write(company.folder, {"leave.md": "# Leave\n\nAnnual leave is 25 days."})
    assert company.counts() == numbers(updated=1, unchanged=2)
    assert "A sabbatical is unpaid." not in company.texts("sabbatical unpaid")


def test_a_removed_file_is_not_found_any_more(company: Company) -> None:
    company.ingest()
    (company.folder / "leave.md").unlink()
    assert company.counts() == numbers(unchanged=2, removed=1)
    assert set(company.texts("sabbatical")) == {"Salaries are paid monthly.", "Jury duty is paid in full."}


def test_a_renamed_file_embeds_nothing(company: Company) -> None:
    company.ingest()
    (company.folder / "leave.md").rename(company.folder / "holiday.md")
    assert company.counts() == numbers(added=1, unchanged=2, removed=1)


def test_two_documents_that_swap_their_texts_are_both_found(company: Company) -> None:
    """The first one's new version forgot the vectors that the second one's was about to use."""
    texts = {"a.md": "# Leave\n\nOf the north.", "b.md": "# Leave\n\nOf the south."}
    write(company.folder, texts)
    company.ingest()
    write(company.folder, {"a.md": texts["b.md"], "b.md": texts["a.md"]})
    assert company.counts() == numbers(updated=2, unchanged=3)
    near = company.home.indexes.dense.search(company.words.query("Leave of the north and south"), PUBLIC, 2)
    assert len([one for one in near if one.cosine > 0.5]) == 2


def test_a_broken_file_is_listed_and_the_rest_goes_on(company: Company) -> None:
    (company.folder / "broken.txt").write_bytes(bytes(range(256)) * 20)
    write(company.folder, {"empty.md": "", "plan.pdf": "x"})
    report = company.ingest()
    assert {failure.uri for failure in report.failed} == {"docs/broken.txt", "docs/empty.md", "docs/plan.pdf"}
    assert report.added == 3


def test_a_file_that_broke_stays_answerable_in_its_old_version(company: Company) -> None:
    company.ingest()
    (company.folder / "leave.md").write_bytes(b"")
    assert company.counts() == numbers(unchanged=2, failed=1)
    assert company.texts("sabbatical")[0] == "A sabbatical is unpaid."


def test_a_file_that_broke_is_closed_all_the_same(company: Company) -> None:
    company.ingest()
    rule = '[[rule]]\npaths = "leave.md"\naudience = "group:hr"\n'
    write(company.folder, {"leave.md": "", "audiences.toml": rule})
    assert company.counts() == numbers(unchanged=2, failed=1)
    assert "A sabbatical is unpaid." not in company.texts("sabbatical")


def test_a_repaired_file_is_a_failure_no_more(company: Company) -> None:
    write(company.folder, {"empty.md": "", "bare.md": ""})
    company.ingest()
    write(company.folder, {"empty.md": "Text."})
    assert company.counts() == numbers(added=1, unchanged=3, failed=1, chunks_embedded=1)
    assert [failure.uri for failure in runs.known_failures(company.home.engine)] == ["docs/bare.md"]


def test_a_broken_file_that_was_removed_is_a_failure_no_more(company: Company) -> None:
    write(company.folder, {"empty.md": "", "bare.md": ""})
    company.ingest()
    (company.folder / "empty.md").unlink()
    company.ingest()
    assert [failure.uri for failure in runs.known_failures(company.home.engine)] == ["docs/bare.md"]


def test_a_changed_audience_is_an_update_that_embeds_nothing(company: Company) -> None:
    company.ingest()
    write(company.folder, {"audiences.toml": '[[rule]]\npaths = "leave.md"\naudience = "group:hr"\n'})
    assert company.counts() == numbers(updated=1, unchanged=2)


def test_what_only_admins_could_read_is_opened_by_a_rule_though_the_file_was_saved_again(company: Company) -> None:
    closed = '[[rule]]\npaths = "leave.md"\naudience = "group:admins"\n'
    text = (company.folder / "leave.md").read_text()
    write(company.folder, {"audiences.toml": closed})
    company.ingest()
    write(company.folder, {"audiences.toml": "", "leave.md": text})
    os.utime(company.folder / "leave.md", (1, 1))
    report = company.ingest()
    assert (report.updated, report.chunks_embedded) == (1, 0)
    assert {entry.audience for entry in documents.entries(company.home.engine)} == {"everyone"}


def test_a_changed_audience_counts_on_the_next_question(company: Company) -> None:
    company.ingest()
    write(company.folder, {"audiences.toml": '[[rule]]\npaths = "leave.md"\naudience = "group:hr"\n'})
    company.ingest()
    hr = Scope(frozenset({"group:hr"}))
    assert (len(company.texts("sabbatical")), len(company.texts("sabbatical", hr))) == (2, 2)


def facts_of(company: Company) -> dict[str, Facts]:
    return {entry.uri: entry.facts for entry in documents.entries(company.home.engine) if entry.facts != NO_FACTS}


def test_what_a_document_says_about_itself_is_kept(company: Company) -> None:
    write(company.folder, {"leave.md": f"---\ncountry: DE\neffective: 2026-01-01\n---\n{FILES['leave.md']}"})
    company.ingest()
    assert facts_of(company) == {"docs/leave.md": Facts(("DE",), date(2026, 1, 1))}


def test_a_change_of_facts_alone_embeds_nothing_and_counts_on_the_next_question(company: Company) -> None:
    company.ingest()
    front = "---\ncountry: DE\nexpires: 2025-12-31\nsupersedes: Leave 2024\n---\n"
    write(company.folder, {"leave.md": front + FILES["leave.md"]})
    assert company.counts() == numbers(updated=1, unchanged=2)
    hits = company.home.retriever.search("Is a sabbatical unpaid?", PUBLIC, 1)
    assert hits[0].found.facts == Facts(("DE",), None, date(2025, 12, 31), ("Leave 2024",))


def test_facts_that_are_stated_no_more_are_gone(company: Company) -> None:
    write(company.folder, {"leave.md": f"---\ncountry: DE\n---\n{FILES['leave.md']}"})
    company.ingest()
    write(company.folder, {"leave.md": FILES["leave.md"]})
    company.ingest()
    assert facts_of(company) == {}


def test_documents_of_an_earlier_version_get_their_facts_without_being_embedded_again(company: Company) -> None:
    write(company.folder, {"leave.md": f"---\ncountry: DE\n---\n{FILES['leave.md']}"})
    company.ingest()
    with writing(company.home.engine) as connection:  # as 0002 leaves them: no facts, and the older recipe's stamp
        earlier = {"countries": [], "stamp": "12:34:2:200:words@1", "digest": "of the older recipe"}
        connection.execute(update(documents_table).values(earlier))
    assert company.counts() == numbers(updated=3)
    assert facts_of(company) == {"docs/leave.md": Facts(("DE",))}


def test_one_file_of_the_folder_is_brought_up_to_date_alone(company: Company) -> None:
    company.ingest()
    write(company.folder, {"leave.md": "# Leave\n\nChanged.", "jury.txt": "Changed too."})
    (company.folder / "pay.html").unlink()
    report = company.home.ingest(company.folder / "leave.md", "everyone", NoProgress())
    assert report.counts() == numbers(updated=1, chunks_embedded=1)


def test_a_deleted_document_is_gone_at_once(company: Company) -> None:
    company.ingest()
    assert company.home.delete("docs/leave.md").chunks == 2
    assert set(company.texts("sabbatical leave")) == {"Salaries are paid monthly.", "Jury duty is paid in full."}


def test_a_folder_that_holds_nothing_is_refused(company: Company) -> None:
    (company.folder / "empty").mkdir()
    with pytest.raises(Unusable, match=r"empty is empty\. A folder with documents or a Slack export was expected"):
        company.home.ingest(company.folder / "empty", "everyone", NoProgress())


def test_a_second_writer_is_refused(company: Company) -> None:
    company.ingest()
    with writer(company.home.settings.home), pytest.raises(LedgerBusy, match="Another run is writing"):
        company.ingest()


def test_another_embedder_is_refused_before_anything_is_written(company: Company, tmp_path: Path) -> None:
    company.ingest()
    other = Home(company.home.settings)
    other.__dict__["embedder"] = Other()
    write(company.folder, {"leave.md": "# Leave\n\nChanged."})
    with pytest.raises(EmbedderMismatch, match=r"built with the embedder words@1, the settings name words@2"):
        other.ingest(company.folder, "everyone", NoProgress())
    other.engine.dispose()
    assert company.texts("sabbatical")[0] == "A sabbatical is unpaid."


class Other(WordEmbedder):
    """Another embedder."""

    id = "words@2"


def test_a_home_of_another_embedder_is_not_searched(company: Company) -> None:
    company.ingest()
    other = Home(company.home.settings)
    other.__dict__["embedder"] = Other()
    with pytest.raises(EmbedderMismatch, match=r"built with the embedder words@1, the settings name words@2"):
        _ = other.retriever
    other.engine.dispose()


def test_the_run_is_noted_with_its_counts_and_end(company: Company) -> None:
    company.ingest()
    company.ingest()
    with reading(company.home.engine) as connection:
        rows = list(connection.execute(select(runs_table).order_by(runs_table.c.id)))
    assert [(row.source, row.ended_at is not None, row.counts["unchanged"]) for row in rows] == [
        ("docs", True, 0),
        ("docs", True, 3),
    ]


def test_progress_is_told_after_each_document(company: Company) -> None:
    told: list[tuple[int, int]] = []

    class Told:
        def at(self, report: Report, total: int) -> None:
            told.append((report.done, total))

    company.home.ingest_source(Folder(company.folder, "everyone"), Told())
    assert (told[-1], len(told)) == ((3, 3), 4)


def test_many_chunks_are_embedded_in_several_batches(company: Company) -> None:
    sections = "".join(f"\n\n## Rule {n}\n\nText {n}." for n in range(300))
    write(company.folder, {"many.md": f"# Many{sections}", "more.md": "# More\n\nText."})
    assert company.counts() == numbers(added=5, chunks_embedded=305)


def failing(_: bytes) -> Document:
    raise ZeroDivisionError


class OneFails:
    """The folder's documents, of which the first one cannot be read for a reason that nobody thought of."""

    def __init__(self, folder: Folder) -> None:
        self.kind, self.location, self.name = folder.kind, folder.location, folder.name
        self.covers, self.members = folder.covers, folder.members
        self._folder = folder

    def remarks(self) -> Iterable[str]:
        return ()

    def items(self) -> list[Item | Unlisted]:
        first, *rest = self._folder.items()
        assert isinstance(first, Item)
        return [replace(first, read=failing), *rest]


def test_a_reader_that_fails_unexpectedly_stops_one_document_only(company: Company) -> None:
    report = company.home.ingest_source(OneFails(Folder(company.folder, "everyone")), NoProgress())
    reasons = [failure.reason for failure in report.failed]
    assert (report.added, reasons) == (2, ["reading it failed unexpectedly (ZeroDivisionError)"])
