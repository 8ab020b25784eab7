"""Laws 1, 2 and 11 wherever the vectors are: scope, deletion, and an index that knows its embedder."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.events import Done, Refused
from app.question import Question
from ingest.report import NoProgress
from retrieval.errors import EmbedderMismatch
from retrieval.ledger import lookup
from tests.conftest import write
from tests.word_embedder import WordEmbedder

OFFICE = {
    "audiences.toml": '[[rule]]\npaths = "bands.md"\naudience = "group:hr"\n',
    "leave.md": "# Annual leave\n\nEvery employee has 27 days of annual leave.\n",
    "bands.md": "# Salary bands\n\nThe salary of a zebra keeper is 49,700 pounds.\n",
}
PAY = "What is the salary of a zebra keeper?"
HANA = Caller("hana@office.example", frozenset({"group:hr"}))


@pytest.fixture
def office(make_home: Callable[..., Home], backend: dict[str, str], tmp_path: Path) -> Home:
    home = make_home(**backend)
    home.ingest(write(tmp_path / "office", OFFICE), "everyone", NoProgress())
    return home


def dense(home: Home, question: str, caller: Caller) -> set[str]:
    """Documents whose chunks the dense index itself gives."""
    near = home.indexes.dense.search(home.embedder.query(question), caller.scope, 9)
    return {one.chunk.uri for one in lookup.find(home.engine, [one.chunk_id for one in near], HANA.scope).values()}


def test_an_answer_comes_from_inside_the_scope_alone(office: Home) -> None:
    *_, refused = office.desk.ask(Question(PAY, NOBODY))
    *_, answered = office.desk.ask(Question(PAY, HANA))
    assert isinstance(refused, Refused)
    assert isinstance(answered, Done)
    assert (dense(office, PAY, NOBODY), dense(office, PAY, HANA)) == (
        {"office/leave.md"},
        {"office/leave.md", "office/bands.md"},
    )


def test_a_deleted_document_is_gone_from_the_index_of_whoever_opens_it_next(
    office: Home, make_home: Callable[..., Home], backend: dict[str, str]
) -> None:
    office.delete("office/bands.md")
    again = make_home(**backend)
    *_, last = again.desk.ask(Question(PAY, HANA))
    assert isinstance(last, Refused)
    assert (again.indexes.dense.rows, dense(again, PAY, HANA)) == (1, {"office/leave.md"})


def test_a_changed_audience_counts_on_the_next_question(
    office: Home, make_home: Callable[..., Home], backend: dict[str, str], tmp_path: Path
) -> None:
    running = make_home(**backend)
    *_, before = running.desk.ask(Question(PAY, HANA))
    (tmp_path / "office" / "audiences.toml").write_text('[[rule]]\npaths = "bands.md"\naudience = "group:board"\n')
    office.ingest(tmp_path / "office", "everyone", NoProgress())
    *_, after = running.desk.ask(Question(PAY, HANA))
    assert (type(before), type(after)) == (Done, Refused)
    assert dense(running, PAY, HANA) == {"office/leave.md"}
    board = Caller("bo@office.example", frozenset({"group:board"}))
    assert {hit.chunk.uri for hit in running.retriever.search(PAY, board.scope, 9)} == {
        "office/leave.md",
        "office/bands.md",
    }


def test_another_embedder_is_refused_by_the_index_itself(
    office: Home, make_home: Callable[..., Home], backend: dict[str, str]
) -> None:
    other = make_home(**backend)
    other.__dict__["embedder"] = WordEmbedder()
    with pytest.raises(EmbedderMismatch, match="the settings name words@1"):
        _ = other.indexes
    assert dense(office, PAY, NOBODY) == {"office/leave.md"}
