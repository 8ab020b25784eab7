import pytest
from sqlalchemy import Engine, select

from retrieval.errors import EmbedderMismatch
from retrieval.ledger import lookup, runs
from retrieval.ledger.engine import reading
from retrieval.ledger.runs import Failure
from retrieval.ledger.schema import runs as runs_table


def test_a_known_location_keeps_its_name(engine: Engine) -> None:
    runs.add_source(engine, "folder", "/a/handbook", "handbook")
    assert runs.add_source(engine, "folder", "/a/handbook", "other") == "handbook"


def test_two_locations_of_one_name_are_numbered(engine: Engine) -> None:
    names = [runs.add_source(engine, "folder", f"/{place}/handbook", "handbook") for place in "abc"]
    assert names == ["handbook", "handbook-2", "handbook-3"]


def test_the_first_embedder_claims_the_home(engine: Engine) -> None:
    runs.claim_embedder(engine, "minilm@1")
    runs.claim_embedder(engine, "minilm@1")
    assert lookup.fact(engine, "embedder") == "minilm@1"


def test_another_embedder_is_refused_and_claims_nothing(engine: Engine) -> None:
    runs.claim_embedder(engine, "minilm@1")
    with pytest.raises(EmbedderMismatch, match=r"built with the embedder minilm@1, the settings name minilm@2"):
        runs.claim_embedder(engine, "minilm@2")
    assert lookup.fact(engine, "embedder") == "minilm@1"


def test_an_unfinished_run_has_no_end(engine: Engine) -> None:
    first, second = runs.start_run(engine, "handbook"), runs.start_run(engine, "slack")
    runs.end_run(engine, second, {"added": 2, "removed": 1})
    with reading(engine) as connection:
        rows = {row.id: row for row in connection.execute(select(runs_table))}
    assert (rows[first].ended_at, rows[second].ended_at is None) == (None, False)
    assert rows[second].counts == {"added": 2, "removed": 1}


def test_a_failure_replaces_what_was_said_before(engine: Engine) -> None:
    for reason in ("too large", "no text"):
        runs.note_failure(engine, 1, "handbook", Failure("handbook/a.md", reason))
    runs.note_failure(engine, 1, "slack", Failure("slack/b", "no JSON"))
    assert runs.known_failures(engine) == [Failure("handbook/a.md", "no text"), Failure("slack/b", "no JSON")]


def test_failures_of_one_source_are_forgotten_by_uri(engine: Engine) -> None:
    for name in "ab":
        runs.note_failure(engine, 1, "handbook", Failure(f"handbook/{name}.md", "no text"))
    runs.forget_failures(engine, ["handbook/a.md"])
    assert runs.known_failures(engine, "handbook") == [Failure("handbook/b.md", "no text")]


def test_members_are_replaced_for_the_audiences_that_are_named(engine: Engine) -> None:
    runs.set_members(engine, {"slack:T/C": ["ada@x.example", "sam@x.example"], "group:hr": ["ada@x.example"]})
    runs.set_members(engine, {"slack:T/C": ["sam@x.example", "sam@x.example"]})
    assert lookup.audiences_of(engine, "ada@x.example") == frozenset({"group:hr"})
    assert lookup.audiences_of(engine, "sam@x.example") == frozenset({"slack:T/C"})
