"""A source is deleted with all that it has."""

from pathlib import Path

import pytest

from app import verified_answers
from app.admin.source_removal import remove_source
from app.approval import approve
from app.bootstrap import DATA, Home
from app.places import exports_of, uploads_of
from app.verified_answers import VerifiedAnswer
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.errors import Missing, Unusable
from retrieval.ledger import documents, lookup, runs
from retrieval.ledger.runs import Failure
from tests.conftest import write


def test_all_its_documents_are_gone_and_other_sources_stay(managed: Home, furnished: Path, tmp_path: Path) -> None:
    managed.ingest(write(tmp_path / "pets", {"dogs.md": "# Dogs\n\nA dog needs a permit.\n"}), "everyone", NoProgress())
    runs.note_failure(managed.engine, 1, "office", Failure("office/x.pdf", "it is scanned"))
    removed = remove_source(managed, "office")
    assert (removed.documents, removed.file_stays) == (5, str(furnished.parent / "office"))
    assert [entry.uri for entry in documents.entries(managed.engine)] == ["pets/dogs.md"]
    assert [source.name for source in runs.listed_sources(managed.engine)] == ["pets"]
    assert runs.known_failures(managed.engine) == []
    assert [hit.chunk.uri for hit in managed.retriever.search("annual leave days", PUBLIC, 5)] == ["pets/dogs.md"]


def test_answers_that_rest_on_it_go_with_it(managed: Home) -> None:
    one = VerifiedAnswer("a", "Half days?", "Yes.", "", "everyone", ("office/leave.md",), None)
    verified_answers.propose(managed.engine, [one])
    approve(managed, "a")
    remove_source(managed, "office")
    assert verified_answers.listed(managed.engine) == []
    assert documents.entries(managed.engine) == []


def test_uploaded_files_are_our_own_copies_and_go_too(managed: Home) -> None:
    folder = write(uploads_of(managed.settings.home) / "everyone-1", {"gifts.md": "# Gifts\n\nNo gifts.\n"})
    managed.ingest(folder, "everyone", NoProgress())
    assert remove_source(managed, "everyone-1").file_stays == ""
    assert not folder.exists()


@pytest.mark.heavy  # five seconds
def test_an_uploaded_export_goes_with_its_channels_and_members(managed: Home) -> None:
    export = exports_of(managed.settings.home) / "team.zip"
    export.parent.mkdir()
    export.write_bytes((DATA / "slack" / "export.zip").read_bytes())
    managed.ingest(export, "everyone", NoProgress())
    (source,) = (one.name for one in runs.listed_sources(managed.engine) if one.kind == "slack-export")
    assert lookup.audiences_of(managed.engine, "hana.okoro@quillmere.example")
    assert remove_source(managed, source).file_stays == ""
    assert not export.exists()
    assert not lookup.audiences_of(managed.engine, "hana.okoro@quillmere.example")


def test_a_source_that_is_not_there_is_missing(managed: Home) -> None:
    with pytest.raises(Missing):
        remove_source(managed, "nothing")


def test_verified_answers_are_no_source_to_delete(managed: Home) -> None:
    one = VerifiedAnswer("a", "Half days?", "Yes.", "", "everyone", (), None)
    verified_answers.propose(managed.engine, [one])
    approve(managed, "a")
    with pytest.raises(Unusable, match="one by one"):
        remove_source(managed, "verified-answers")
