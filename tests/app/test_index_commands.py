"""`frontdesk index`: looking at the index, making it anew, moving it, another embedder for it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from app.bootstrap import Home
from ingest.lock import writer
from retrieval.access import PUBLIC
from retrieval.embedding_model import installed_minilm
from retrieval.errors import LedgerBusy, Unusable
from retrieval.faiss_index import FaissIndex
from retrieval.index import Row
from retrieval.indexes import compare, fill
from retrieval.ledger import documents, lookup
from tests.app.commands import Frontdesk, one_sentence, two_files

pytestmark = pytest.mark.heavy


@pytest.fixture
def notes(frontdesk: Frontdesk, tmp_path: Path) -> Frontdesk:
    """A home of two documents."""
    assert frontdesk("ingest", str(two_files(tmp_path)), "--json").code == 0
    return frontdesk


def found(frontdesk: Frontdesk) -> list[str]:
    return [hit["uri"] for hit in frontdesk("search", "What is beta?", "--json").json["hits"]]


def test_the_status_says_where_the_vectors_are_and_how_far(notes: Frontdesk) -> None:
    facts = notes("index", "status", "--json").json
    assert (facts["vectors"], facts["chunks"], facts["ledger_chunks"]) == ("FAISS files", 2, 2)
    assert facts["vectors_at_change"] == facts["words_at_change"] == facts["ledger_at_change"] == 2
    assert facts["megabytes"] > 0
    shown = notes("index")
    assert shown.code == 0
    assert shown.out == notes("index", "status").out
    assert "FAISS files" in shown.out


def test_a_rebuilt_index_finds_the_same_without_embedding(notes: Frontdesk) -> None:
    before = found(notes)
    done = notes("index", "rebuild")
    assert (done.code, done.out.partition(".")[0]) == (0, "Rebuilt: 2 chunks")
    assert found(notes) == before == ["notes/b.md", "notes/a.md"]


def test_a_rebuild_cures_an_index_that_took_another_history_for_its_own(
    make_home: Callable[..., Home], own_office: Home
) -> None:
    # A ledger restored from a backup, and ingested into, reaches the numbers that the index has seen of the lost one.
    newest = lookup.newest_change(own_office.engine) + 1
    own_office.indexes.dense.apply([], lookup.alive_ids(own_office.engine)[:3], newest)
    own_office.indexes.dense.save()
    documents.remove(own_office.engine, "office/laptops.md")
    broken = make_home().indexes
    broken.catch_up()
    rows = broken.dense.rows
    own_office.rebuild_index(lambda done, total: None)
    again = make_home().indexes
    assert (rows, again.dense.rows, again.dense.seq) == (3, 5, newest)
    assert len(again.lexical.search("leave", PUBLIC, 9)) == 2


def test_the_vectors_move_to_milvus_and_are_searched_there(
    notes: Frontdesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = found(notes)
    done = notes("index", "move", "--to", "milvus:index.db")
    assert done.code == 0
    assert done.out.splitlines() == [
        "2 chunks are in milvus:index.db and agree with the ledger. Nothing has been switched yet:",
        'set FRONTDESK_INDEX="milvus:index.db", or index in frontdesk.toml, and restart the server.',
    ]
    assert notes("index", "status", "--json").json["vectors"] == "FAISS files"
    monkeypatch.setenv("FRONTDESK_INDEX", "milvus:index.db")
    assert found(notes) == before
    facts = notes("index", "status", "--json").json
    assert (facts["vectors"], facts["chunks"], facts["vectors_at_change"]) == ("milvus:index.db", 2, 2)
    assert str(tmp_path / "home" / "index.db") in facts["files"]
    assert notes("index", "rebuild").out.startswith("Rebuilt: 2 chunks")
    assert notes("index", "move", "--to", "faiss").code == 0


def test_another_embedder_takes_over_when_it_is_told_to(
    notes: Frontdesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = shutil.copytree(installed_minilm(), tmp_path / "first-token")
    pooling = {"word_embedding_dimension": 384, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (other / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    monkeypatch.setenv("FRONTDESK_EMBEDDER", str(other))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    refused = notes("search", "What is beta?")
    assert (refused.code, one_sentence(refused)) == (1, True)
    assert refused.error.rstrip().endswith("or let the other one make all vectors anew: frontdesk index embedder")
    switched, advice = notes("index", "embedder").out.splitlines()
    assert switched.startswith("Switched from all-MiniLM-L6-v2@")
    assert switched.endswith(": 2 chunks, 2 embedded now.")
    assert "restart" in advice
    again = notes("index", "embedder", "--json").json
    assert (again["before"], again["chunks"], again["embedded"]) == (again["embedder"], 2, 0)
    assert notes("index", "embedder").out.startswith("The vectors are first-token@")
    assert found(notes) == ["notes/b.md", "notes/a.md"]
    monkeypatch.delenv("FRONTDESK_EMBEDDER")
    assert "name all-MiniLM-L6-v2@" in notes("search", "What is beta?").error


def test_moving_to_where_it_is_is_refused(frontdesk: Frontdesk) -> None:
    done = frontdesk("index", "move", "--to", "faiss")
    assert (done.code, one_sentence(done)) == (2, True)
    assert "The vectors are there already" in done.error


@pytest.mark.parametrize("setting", ["pinecone:x", "milvus", "milvus:", ":x", "http://ann:secret@localhost:19530"])
def test_an_index_that_is_not_known_names_the_known_ones(make_home: Callable[..., Home], setting: str) -> None:
    with pytest.raises(Unusable, match="Known are: empty for FAISS files, milvus:FILE.db or milvus:http") as told:
        _ = make_home(index=setting).indexes
    assert "secret" not in str(told.value)


def test_a_password_is_not_shown(frontdesk: Frontdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_INDEX", "milvus:ftp://ann:hunter2@host:1")
    for command in (("doctor", "--json"), ("index",)):
        done = frontdesk(*command)
        assert done.code != 0
        assert "host:1" in done.out + done.error
        assert "hunter2" not in done.out + done.error


def test_while_another_run_writes_nothing_is_rebuilt_or_moved(own_office: Home) -> None:
    with writer(own_office.settings.home), pytest.raises(LedgerBusy, match="Another run is writing"):
        own_office.rebuild_index(lambda done, total: None)
    with writer(own_office.settings.home), pytest.raises(LedgerBusy, match="Another run is writing"):
        own_office.copy_index("milvus:index.db", lambda done, total: None)
    assert not (own_office.settings.home / "index.db").exists()


def test_a_copy_with_other_rows_or_vectors_than_the_ledgers_is_refused(own_office: Home, tmp_path: Path) -> None:
    other = FaissIndex(tmp_path, own_office.embedder.id, own_office.embedder.dim)
    fill(own_office.engine, other)
    compare(own_office.engine, other)
    first, second, *_ = lookup.alive_ids(own_office.engine)
    stored = lookup.vectors(own_office.engine, [first, second])
    other.apply([Row(first, *stored[second])], [], 99)
    with pytest.raises(Unusable, match="finds other vectors than the ledger's"):
        compare(own_office.engine, other)
    other.apply([], [first], 100)
    with pytest.raises(Unusable, match="The index has 5 rows for the ledger's 6 chunks"):
        compare(own_office.engine, other)
