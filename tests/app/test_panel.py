"""What a front end shows beside answers, for this reader only."""

import pytest

from app.access import NOBODY, Caller
from app.bootstrap import Home
from app.panel import opened, readable
from retrieval.access import PUBLIC, Scope
from retrieval.errors import Missing

BANDS = "What is the salary of grade G5 in Leeds?"


def test_a_source_opens_with_what_stands_around_it(office: Home) -> None:
    chunk = next(
        hit.chunk for hit in office.retriever.search("Where is leave booked?", PUBLIC, 5) if "Meadow" in hit.chunk.text
    )
    found = opened(office.engine, chunk.id, NOBODY)
    assert (found["uri"], found["text"], found["contact"]) == ("office/leave.md", chunk.text, "people@office.example")
    assert ("27 days" in found["before"], found["after"]) == (True, "")


def test_a_source_opens_for_nobody_who_may_not_read_it(office: Home, hana: Caller, sam: Caller) -> None:
    chunk = office.retriever.search(BANDS, hana.scope, 1)[0].chunk
    assert "49,700" in opened(office.engine, chunk.id, hana)["text"]
    for caller in (sam, NOBODY):
        with pytest.raises(Missing, match="This source is no longer there, or you may not read it"):
            opened(office.engine, chunk.id, caller)


def test_only_documents_inside_the_scope_are_readable(office: Home, hana: Caller) -> None:
    public = {"office/leave.md", "office/badges.md", "office/laptops.md"}
    assert {entry.uri for entry in readable(office.engine, PUBLIC)} == public
    assert {entry.uri for entry in readable(office.engine, hana.scope)} == public | {"office/hr/bands.md"}
    assert readable(office.engine, Scope(frozenset())) == []
