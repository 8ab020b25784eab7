"""A document that is made of others is for those who may read all of them. More: tests/app/test_verified_answers.py."""

import pytest
from sqlalchemy import Engine

from retrieval.access import Audience, Scope
from retrieval.ledger import documents, resting
from tests.stored import store
from tests.word_embedder import WordEmbedder


@pytest.fixture
def made(engine: Engine, words: WordEmbedder) -> Engine:
    """An answer for everybody that rests on two documents."""
    for uri in ("answer.md", "leave.md", "pay.md"):
        store(engine, words, uri, f"The text of {uri}.")
    resting.rest_on(engine, "answer.md", ["leave.md", "pay.md"])
    return engine


def shown(engine: Engine, *audiences: str) -> set[str]:
    return {entry.uri for entry in documents.entries(engine, scope=Scope(frozenset(audiences)))}


def test_it_is_inside_where_all_are(made: Engine) -> None:
    assert shown(made, "everyone") == {"answer.md", "leave.md", "pay.md"}
    documents.set_audience(made, "pay.md", Audience("group:hr"))
    assert shown(made, "everyone") == {"leave.md"}
    assert shown(made, "everyone", "group:hr") == {"answer.md", "leave.md", "pay.md"}
    assert shown(made) == set()


def test_it_is_inside_of_nothing_when_one_is_gone(made: Engine) -> None:
    documents.remove(made, "pay.md")
    assert shown(made, "everyone", "group:hr") == {"leave.md"}


def test_what_it_rests_on_can_change_and_goes_with_it(made: Engine, words: WordEmbedder) -> None:
    documents.set_audience(made, "pay.md", Audience("group:hr"))
    resting.rest_on(made, "answer.md", ["leave.md"])
    assert "answer.md" in shown(made, "everyone")
    resting.rest_on(made, "answer.md", ["pay.md"])
    documents.remove(made, "answer.md")
    store(made, words, "answer.md", "Another text.")
    assert "answer.md" in shown(made, "everyone")
