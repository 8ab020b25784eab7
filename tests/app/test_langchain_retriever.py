"""The LangChain retriever: no search without a scope."""

import pytest
from pydantic import ValidationError

from app.access import Caller
from app.bootstrap import Home
from app.langchain_retriever import FrontdeskRetriever
from retrieval.access import PUBLIC, Scope

PAY = "What is the salary of grade G5 in Leeds?"


def test_it_cannot_be_made_without_a_scope(office: Home) -> None:
    with pytest.raises(ValidationError, match="scope"):
        FrontdeskRetriever(retriever=office.retriever)  # type: ignore[call-arg]


def test_it_gives_documents_with_their_place(office: Home) -> None:
    found = FrontdeskRetriever(retriever=office.retriever, scope=PUBLIC, k=2).invoke("How is a lost badge blocked?")
    assert len(found) == 2
    assert found[0].page_content == "A lost badge is blocked by calling the guard at once."
    assert {name: found[0].metadata[name] for name in ("uri", "title")} == {
        "uri": "office/badges.md",
        "title": "Door badges",
    }
    assert 0 <= found[1].metadata["relevance"] <= found[0].metadata["relevance"] <= 1


def test_it_finds_inside_its_scope_only(office: Home, hana: Caller) -> None:
    def uris(scope: Scope) -> set[str]:
        return {
            one.metadata["uri"] for one in FrontdeskRetriever(retriever=office.retriever, scope=scope, k=50).invoke(PAY)
        }

    assert "office/hr/bands.md" in uris(hana.scope)
    assert uris(PUBLIC) == {"office/leave.md", "office/badges.md", "office/laptops.md"}
    assert uris(Scope(frozenset())) == set()
