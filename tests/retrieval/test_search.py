from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine

from retrieval.access import PUBLIC, Scope
from retrieval.cross_encoder import CrossEncoder
from retrieval.document import Facts
from retrieval.faiss_index import FaissIndex
from retrieval.indexes import Indexes
from retrieval.ledger import documents
from retrieval.lexical import LexicalIndex
from retrieval.search import Retriever
from tests.stored import move, store
from tests.word_embedder import WordEmbedder

HR = Scope(frozenset({"everyone", "group:hr"}))
LEAVE, BANDS, CLAIM = "handbook/leave.md", "handbook/bands.md", "handbook/claim.md"


@pytest.fixture
def indexes(engine: Engine, words: WordEmbedder, tmp_path: Path) -> Indexes:
    return Indexes(engine, FaissIndex(tmp_path, words.id, words.dim), LexicalIndex(tmp_path / "lexical.sqlite"))


@pytest.fixture
def retriever(engine: Engine, words: WordEmbedder, indexes: Indexes) -> Retriever:
    store(engine, words, LEAVE, "Annual leave is 25 days.", "A sabbatical is unpaid leave.", "Leave is booked early.")
    store(engine, words, BANDS, "Salary bands for a sabbatical year.", "Salary band A.", audience="group:hr")
    store(engine, words, CLAIM, "Expense claims are paid within ten days.", "Keep receipts.")
    return Retriever(engine, words, indexes)


def texts(retriever: Retriever, question: str, scope: Scope = PUBLIC, k: int = 10) -> list[str]:
    return [hit.chunk.text for hit in retriever.search(question, scope, k)]


def test_the_best_chunk_comes_first(retriever: Retriever) -> None:
    assert texts(retriever, "Is a sabbatical unpaid?")[0] == "A sabbatical is unpaid leave."


def test_no_more_than_k_hits_come_back(retriever: Retriever) -> None:
    assert len(texts(retriever, "annual leave days", k=2)) == 2


def test_nothing_outside_the_scope_is_found(retriever: Retriever) -> None:
    seen = {hit.chunk.uri for hit in retriever.search("salary bands for a sabbatical", PUBLIC, 10)}
    assert seen == {LEAVE, CLAIM}


def test_a_wider_scope_finds_more(retriever: Retriever) -> None:
    assert texts(retriever, "salary bands for a sabbatical", HR)[0] == "Salary bands for a sabbatical year."


def test_an_empty_scope_finds_nothing(retriever: Retriever) -> None:
    assert texts(retriever, "annual leave", Scope(frozenset())) == []


def test_no_passage_or_neighbour_is_outside_the_scope(retriever: Retriever) -> None:
    finding = retriever.find("salary bands for a sabbatical", PUBLIC, 5)
    assert {passage.audience for passage in finding.passages} == {"everyone"}


def test_the_ledger_has_the_last_word_on_who_may_read(
    engine: Engine, words: WordEmbedder, indexes: Indexes, retriever: Retriever
) -> None:
    """Whatever a lagging index says, a hit is confirmed: here the indexes are told that the change is applied."""
    retriever.search("annual leave", PUBLIC, 1)
    move(engine, LEAVE, "group:hr")
    documents.remove(engine, CLAIM)
    indexes.dense.apply([], [], 99)
    indexes.lexical.apply({}, [], 99)
    stale = [near.chunk_id for near in indexes.dense.search(words.query("annual leave"), PUBLIC, 10)]
    found = Retriever(engine, words, Lagging(indexes)).search("annual leave expense claims", PUBLIC, 10)
    assert (len(stale), found) == (5, [])


class Lagging(Indexes):
    """Indexes that are never caught up."""

    def __init__(self, indexes: Indexes) -> None:
        self.dense = indexes.dense
        self.lexical = indexes.lexical

    def catch_up(self) -> None:
        """Stay behind."""


def test_a_changed_audience_counts_on_the_next_question(engine: Engine, retriever: Retriever) -> None:
    before = texts(retriever, "sabbatical", k=1)
    move(engine, LEAVE, "group:hr")
    after = {hit.chunk.uri for hit in retriever.search("sabbatical", PUBLIC, 10)}
    assert (before, after) == (["A sabbatical is unpaid leave."], {CLAIM})


def test_a_deleted_document_is_not_found_by_the_next_question(engine: Engine, retriever: Retriever) -> None:
    before = texts(retriever, "sabbatical", k=1)
    documents.remove(engine, LEAVE)
    after = {hit.chunk.uri for hit in retriever.search("sabbatical", PUBLIC, 10)}
    assert (before, after) == (["A sabbatical is unpaid leave."], {CLAIM})


def test_a_hits_neighbours_are_read_with_it(retriever: Retriever) -> None:
    best = retriever.find("Is a sabbatical unpaid?", PUBLIC, 1).passages[0]
    assert best.text == "Annual leave is 25 days.\n\nA sabbatical is unpaid leave.\n\nLeave is booked early."


def test_passages_are_numbered_from_one_and_the_best_is_first(retriever: Retriever) -> None:
    found = retriever.find("When are expense claims paid?", PUBLIC, 5).passages
    assert [passage.number for passage in found] == list(range(1, len(found) + 1))
    assert found[0].uri == CLAIM


def test_more_evidence_is_more_probable(retriever: Retriever) -> None:
    answered = retriever.find("When are expense claims paid?", PUBLIC, 5)
    unanswered = retriever.find("Which trains run to Berlin tonight?", PUBLIC, 5)
    assert 0.0 <= unanswered.answerable < answered.answerable <= 1.0


def test_nothing_ingested_is_no_evidence(engine: Engine, words: WordEmbedder, indexes: Indexes) -> None:
    finding = Retriever(engine, words, indexes).find("How many days of leave?", PUBLIC, 5)
    assert (finding.hits, finding.passages, finding.answerable) == ((), (), 0.0)


def test_a_document_that_is_over_ranks_below_an_equal_one_in_force(
    engine: Engine, words: WordEmbedder, retriever: Retriever
) -> None:
    over = Facts(effective_until=date(2001, 12, 31))
    store(engine, words, "handbook/a.md", "Parking costs 40 euros.", facts=over)
    store(engine, words, "handbook/b.md", "Parking costs 55 euros.")
    assert texts(retriever, "parking costs", k=2) == ["Parking costs 55 euros.", "Parking costs 40 euros."]


def test_a_document_outside_the_scope_replaces_nothing(
    engine: Engine, words: WordEmbedder, retriever: Retriever
) -> None:
    store(engine, words, "handbook/a.md", "Parking costs 40 euros.")
    closed = Facts(supersedes=("handbook/a.md",))
    store(engine, words, "handbook/b.md", "Parking costs 55 euros.", audience="group:hr", facts=closed)
    read = [retriever.find("parking costs", scope, 5).passages[0].text for scope in (PUBLIC, HR)]
    assert read == ["Parking costs 40 euros.", "Parking costs 55 euros."]


@pytest.fixture
def by_country(engine: Engine, words: WordEmbedder, retriever: Retriever) -> Retriever:
    """Two more documents, each for one country."""
    store(engine, words, "handbook/de.md", "Overtime is paid with time off.", facts=Facts(("DE",)))
    store(engine, words, "handbook/pt.md", "Overtime is paid with money.", facts=Facts(("PT",)))
    return retriever


def test_passages_are_of_the_askers_country_or_of_all(by_country: Retriever) -> None:
    finding = by_country.find("How is overtime paid?", PUBLIC, 8, country="PT")
    uris = {passage.uri for passage in finding.passages}
    assert (uris & {"handbook/de.md", "handbook/pt.md"}, LEAVE in uris) == ({"handbook/pt.md"}, True)


def test_the_evidence_is_that_of_the_askers_country(by_country: Retriever) -> None:
    german, french = (by_country.find("overtime paid time off", PUBLIC, 8, country=code) for code in ("DE", "FR"))
    assert (french.answerable < german.answerable, german.answerable < 1) == (True, True)


def test_countries_to_choose_from_are_told_where_none_is_known(by_country: Retriever) -> None:
    undecided = [by_country.find("How is overtime paid?", PUBLIC, 8, country=code).undecided for code in ("", "PT")]
    assert undecided == [("Germany", "Portugal"), ()]


class Favours:
    """A cross-encoder with one opinion."""

    def __init__(self, words: str) -> None:
        self._words = words

    def relevance(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._words in text for text in texts], dtype=np.float32)


def test_a_companys_cross_encoder_decides_the_order(retriever: Retriever, engine: Engine, words: WordEmbedder) -> None:
    question = "Is a sabbatical unpaid?"
    favoured = Retriever(engine, words, retriever._indexes, cast("CrossEncoder", Favours("booked early")))
    assert texts(retriever, question)[0] == "A sabbatical is unpaid leave."
    assert texts(favoured, question)[:2] == ["Leave is booked early.", "A sabbatical is unpaid leave."]
