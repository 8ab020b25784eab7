from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from retrieval.access import PUBLIC, Scope
from retrieval.faiss_index import FaissIndex
from retrieval.indexes import Indexes
from retrieval.ledger import documents, lookup
from retrieval.lexical import LexicalIndex
from retrieval.search import Retriever
from tests.stored import move, store
from tests.word_embedder import WordEmbedder

HR = Scope(frozenset({"everyone", "group:hr"}))
Open = Callable[[], Indexes]


@pytest.fixture
def opened(engine: Engine, words: WordEmbedder, tmp_path: Path) -> Open:
    def make() -> Indexes:
        return Indexes(
            engine, FaissIndex(tmp_path / "index", words.id, words.dim), LexicalIndex(tmp_path / "lexical.sqlite")
        )

    (tmp_path / "index").mkdir()
    store(engine, words, "handbook/leave.md", "Employees get 25 days of annual leave.", "A sabbatical is unpaid.")
    store(engine, words, "handbook/claim.md", "Expense claims are paid within ten days.")
    return make


def dense(indexes: Indexes, words: WordEmbedder, question: str, scope: Scope = PUBLIC) -> list[str]:
    """Ids of the chunks that the dense index finds near."""
    return [near.chunk_id for near in indexes.dense.search(words.query(question), scope, 9) if near.cosine > 0.3]


def lexical(indexes: Indexes, question: str, scope: Scope = PUBLIC) -> list[str]:
    return [match.chunk_id for match in indexes.lexical.search(question, scope, 9)]


def test_an_empty_index_is_filled_from_the_ledger(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    indexes = opened()
    indexes.catch_up()
    sabbatical = lookup.alive_ids(engine)[2]
    assert (dense(indexes, words, "sabbatical unpaid"), lexical(indexes, "sabbatical")) == ([sabbatical], [sabbatical])


def test_a_change_is_found_after_the_next_catch_up(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    indexes = opened()
    indexes.catch_up()
    (jury,) = store(engine, words, "handbook/jury.md", "Jury duty is paid in full.")
    indexes.catch_up()
    assert (dense(indexes, words, "jury duty"), lexical(indexes, "jury duty")) == ([jury], [jury])


def test_a_deleted_document_is_in_neither_index(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    indexes = opened()
    indexes.catch_up()
    documents.remove(engine, "handbook/leave.md")
    indexes.catch_up()
    assert (dense(indexes, words, "sabbatical unpaid"), lexical(indexes, "sabbatical annual")) == ([], [])


def test_a_changed_audience_moves_the_chunks(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    indexes = opened()
    indexes.catch_up()
    move(engine, "handbook/leave.md", "group:hr")
    indexes.catch_up()
    assert (lexical(indexes, "sabbatical"), dense(indexes, words, "sabbatical unpaid")) == ([], [])
    assert (len(lexical(indexes, "sabbatical", HR)), len(dense(indexes, words, "sabbatical unpaid", HR))) == (1, 1)


def test_a_ledger_newer_than_the_saved_index_is_caught_up_with(
    engine: Engine, words: WordEmbedder, opened: Open
) -> None:
    opened().save()
    (jury,) = store(engine, words, "handbook/jury.md", "Jury duty is paid in full.")
    again = opened()
    again.catch_up()
    assert dense(again, words, "jury duty") == [jury]


def test_a_ledger_older_than_the_indexes_is_read_anew(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    indexes = opened()
    indexes.catch_up()
    newest = lookup.newest_change(engine)
    indexes.dense.apply([], lookup.alive_ids(engine), newest + 40)
    indexes.lexical.apply({}, lookup.alive_ids(engine), newest + 40)
    indexes.catch_up()
    assert (indexes.dense.seq, indexes.lexical.seq) == (newest, newest)
    assert (len(dense(indexes, words, "sabbatical unpaid")), len(lexical(indexes, "sabbatical"))) == (1, 1)


def test_a_long_tail_of_changes_is_merged_in_the_background(
    monkeypatch: pytest.MonkeyPatch, words: WordEmbedder, opened: Open
) -> None:
    # A server that never ingests itself once looked at every row of a bulk load one by one, for ever.
    monkeypatch.setattr("retrieval.faiss_index._FEWEST", 2)
    indexes = opened()
    indexes.catch_up()
    indexes._merging.join(10)
    assert (indexes.dense.due, len(dense(indexes, words, "sabbatical unpaid"))) == (False, 1)


class FullDisk(FaissIndex):
    """Cannot write."""

    def save(self) -> None:
        raise OSError(28, "No space left on device")


def test_where_a_merge_finds_the_disk_full_searches_go_on(
    monkeypatch: pytest.MonkeyPatch, words: WordEmbedder, opened: Open, tmp_path: Path
) -> None:
    monkeypatch.setattr("retrieval.faiss_index._FEWEST", 2)
    indexes = opened()
    indexes.dense = FullDisk(tmp_path / "index", words.id, words.dim)
    indexes.catch_up()
    indexes._merging.join(10)
    assert (indexes.dense.due, len(dense(indexes, words, "sabbatical unpaid"))) == (True, 1)


def test_a_short_tail_is_left_for_later(opened: Open, tmp_path: Path) -> None:
    indexes = opened()
    indexes.catch_up()
    assert (indexes._merging.ident, list((tmp_path / "index").iterdir())) == (None, [])


def test_a_damaged_index_is_rebuilt_and_embeds_nothing(words: WordEmbedder, opened: Open, tmp_path: Path) -> None:
    opened().save()
    before = list(words.embedded)
    for folder in (tmp_path / "index").iterdir():
        (folder / "manifest.json").unlink()
    (tmp_path / "lexical.sqlite").write_bytes(b"broken")
    for name in ("lexical.sqlite-wal", "lexical.sqlite-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    again = opened()
    again.catch_up()
    assert (len(dense(again, words, "sabbatical unpaid")), len(lexical(again, "sabbatical"))) == (1, 1)
    assert words.embedded == before


def test_every_search_sees_the_change_before_it(engine: Engine, words: WordEmbedder, opened: Open) -> None:
    retriever = Retriever(engine, words, opened())
    before = [hit.chunk.text for hit in retriever.search("jury duty", PUBLIC, 1)]
    store(engine, words, "handbook/jury.md", "Jury duty is paid in full.")
    after = [hit.chunk.text for hit in retriever.search("jury duty", PUBLIC, 1)]
    assert (before != after, after) == (True, ["Jury duty is paid in full."])
