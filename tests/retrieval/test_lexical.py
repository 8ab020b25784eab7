import sqlite3
from pathlib import Path

import pytest

from retrieval.access import PUBLIC, Scope
from retrieval.errors import LedgerBusy
from retrieval.lexical import LexicalIndex, inverse_document_frequency
from tests.stored import chunk

HR = Scope(frozenset({"everyone", "group:hr"}))
TEXTS = {
    "leave": ("everyone", chunk("Employees get 25 days of annual leave.")),
    "claim": ("everyone", chunk("Expense claims are paid within ten days.")),
    "sabbatical": ("everyone", chunk("A sabbatical is unpaid. A sabbatical needs two years of service.")),
    "redundancy": ("group:hr", chunk("Redundancy pay and sabbatical rules for HR.")),
    "bands": ("group:hr", chunk("Salary bands are reviewed in May.")),
}


def ids(index: LexicalIndex, question: str, scope: Scope = PUBLIC) -> list[str]:
    return [match.chunk_id for match in index.search(question, scope, 10)]


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical.sqlite")
    made.apply(TEXTS, [], 5)
    return made


def test_a_shared_rare_word_finds_the_chunk(index: LexicalIndex) -> None:
    assert ids(index, "When can I take a sabbatical?") == ["sabbatical"]


def test_another_form_of_the_word_finds_it_too(index: LexicalIndex) -> None:
    assert ids(index, "claiming an expense") == ["claim"]


def test_words_of_the_title_count(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "lexical.sqlite")
    index.apply({"a": ("everyone", chunk("Ten.", title="Jury duty")), "b": ("everyone", chunk("Two."))}, [], 1)
    assert ids(index, "jury") == ["a"]


def test_more_shared_words_rank_higher(index: LexicalIndex) -> None:
    assert ids(index, "annual leave days")[:2] == ["leave", "claim"]


def test_the_scope_is_applied_inside_the_search(index: LexicalIndex) -> None:
    question = "redundancy salary sabbatical"
    assert (ids(index, question), set(ids(index, question, HR))) == (
        ["sabbatical"],
        {"sabbatical", "redundancy", "bands"},
    )


def test_a_closed_chunk_never_takes_an_open_ones_place(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "lexical.sqlite")
    closed = {f"closed{number}": ("group:hr", chunk("Sabbatical sabbatical.")) for number in range(20)}
    index.apply({**closed, "open": ("everyone", chunk("A sabbatical, among many other things."))}, [], 1)
    assert [match.chunk_id for match in index.search("sabbatical", PUBLIC, 1)] == ["open"]


def test_an_empty_scope_sees_nothing(index: LexicalIndex) -> None:
    assert ids(index, "sabbatical leave", Scope(frozenset())) == []


@pytest.mark.parametrize(
    "question",
    [
        'sabbatical" OR "redundancy',
        "sabbatical NOT leave",
        "sabbatical AND (",
        "head:sabbatical",
        "sabbatical*",
        "NEAR(sabbatical years, 2)",
        "^sabbatical'; DROP TABLE chunk;--",
        "sabbatical 🎉🎉",
        "sabbatical\0 \ud800",
        '"""sabbatical',
    ],
)
def test_a_question_is_words_and_never_query_syntax(index: LexicalIndex, question: str) -> None:
    assert ids(index, question)[0] == "sabbatical"


@pytest.mark.parametrize("question", ["", "🎉", '"" () *', "?!"])
def test_a_question_without_words_finds_nothing(index: LexicalIndex, question: str) -> None:
    assert ids(index, question) == []


def test_a_very_long_question_is_answered(index: LexicalIndex) -> None:
    assert ids(index, "sabbatical " + " ".join(f"word{number}" for number in range(20_000))) == ["sabbatical"]


def test_the_share_is_in_0_to_1_and_higher_where_more_is_shared(index: LexicalIndex) -> None:
    matches = {match.chunk_id: match.share for match in index.search("annual leave days", PUBLIC, 10)}
    assert 0.0 < matches["claim"] < matches["leave"] <= 1.0


def test_the_rarity_of_a_term_by_hand(index: LexicalIndex) -> None:
    # ln((5 - 2 + 0.5) / (2 + 0.5)) and ln((5 - 0 + 0.5) / (0 + 0.5))
    assert index.rarity(["sabbat", "unheard"]) == pytest.approx({"sabbat": 0.3364722, "unheard": 2.3978953})


def test_a_term_that_most_texts_have_counts_next_to_nothing() -> None:
    assert inverse_document_frequency(10, 9) == 1e-6


def test_a_replaced_chunk_is_found_by_its_new_words_only(index: LexicalIndex) -> None:
    index.apply({"leave": ("everyone", chunk("Employees get a company bicycle."))}, [], 6)
    assert (ids(index, "annual"), ids(index, "bicycle")) == ([], ["leave"])


def test_a_deleted_chunk_is_not_found(index: LexicalIndex) -> None:
    index.apply({}, ["sabbatical", "bands"], 6)
    assert ids(index, "sabbatical bands", HR) == ["redundancy"]


def test_a_change_that_was_applied_already_is_not_applied_again(index: LexicalIndex) -> None:
    index.apply({}, ["sabbatical"], 5)
    assert ids(index, "sabbatical") == ["sabbatical"]


def test_what_was_applied_is_there_when_the_file_is_opened_again(index: LexicalIndex, tmp_path: Path) -> None:
    again = LexicalIndex(tmp_path / "lexical.sqlite")
    assert (again.seq, ids(again, "sabbatical")) == (5, ["sabbatical"])


def test_a_cleared_index_is_empty_and_at_0(index: LexicalIndex) -> None:
    index.clear()
    assert (index.seq, ids(index, "sabbatical leave", HR)) == (0, [])


@pytest.mark.parametrize("damage", [b"no database at all", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_file_begins_anew(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "lexical.sqlite"
    file.write_bytes(damage)
    index = LexicalIndex(file)
    assert (index.seq, ids(index, "sabbatical")) == (0, [])


def test_a_locked_file_says_that_trying_again_helps(index: LexicalIndex, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "lexical.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    index._connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(LedgerBusy, match="locked by another process"):
        index.apply({}, ["leave"], 6)
    other.close()


def test_in_a_large_index_the_commonest_terms_are_looked_for_only_when_nothing_else_is(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "lexical.sqlite")
    many = {f"leave{number}": ("everyone", chunk("Leave is granted.")) for number in range(5_100)}
    index.apply(many | {"sabbatical": ("everyone", chunk("A sabbatical is unpaid leave."))}, [], 1)
    assert ids(index, "Is leave for a sabbatical unpaid?") == ["sabbatical"]
    assert len(ids(index, "leave")) == 10
    assert [0 < match.share < 1 for match in index.search("sabbatical leave", PUBLIC, 1)] == [True]


def test_rarity_follows_what_was_applied_since_it_was_last_asked_for(index: LexicalIndex) -> None:
    before = index.rarity(["bicycl"])["bicycl"]
    index.apply({"bicycle": ("everyone", chunk("Employees get a company bicycle."))}, [], 6)
    assert index.rarity(["bicycl"])["bicycl"] < before


def test_what_others_may_read_does_not_crowd_out_what_one_may_read(tmp_path: Path) -> None:
    # The best of all are looked at first: here all of them are of another audience.
    index = LexicalIndex(tmp_path / "crowded.sqlite")
    secret = {f"secret-{number:03}": ("group:hr", chunk("sabbatical sabbatical leave")) for number in range(60)}
    mine = {"mine": ("everyone", chunk("A sabbatical is unpaid and has to be asked for a year before it begins."))}
    index.apply(secret | mine, [], 1)
    assert ids(index, "sabbatical leave") == ["mine"]
