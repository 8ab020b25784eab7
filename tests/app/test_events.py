"""Events travel as JSON and come back as they were."""

import json

import pytest
from pydantic import ValidationError

from app.events import (
    AnswerEvent,
    Citation,
    Done,
    Failed,
    Found,
    Near,
    Refused,
    Source,
    Token,
    Waits,
    from_json,
    to_json,
    told_once,
)
from retrieval.budget import TokenUse

SOURCES = (Source(1, "a.md", "A", "", "27 “days”", 0.9, "c1"), Source(2, "b.md", "B", "x", "y", 0.1, "c2"))
CITED = (Citation(1, "a.md", "A", "27", "#p", "c1", 0, 2), Citation(2, "b.md", "B", "y", "", "c2", 0, 1))
EVENTS: list[AnswerEvent] = [
    Found("How many?", SOURCES, "t", better_in_private=True),
    Token("27 dаys\n<b>"),
    Waits(3, "t"),
    Done("27 [1] [2]", CITED, TokenUse(9, 5, 3, 1, 0), {"total": 1.5}, "t", "m", "t:2"),
    Done("27 [1]", CITED, TokenUse(), {}, "t", "m", "t:2", instead_of="m"),
    Refused("No.", "hana", (Near("A", "a.md", "c1"), Near("B", "b.md", "c2")), TokenUse(), {"total": 2.0}, "t", "t:4"),
    Failed("Busy", "ab12", retryable=True, conversation="t"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.kind)
def test_an_event_survives_the_way_there_and_back(event: AnswerEvent) -> None:
    assert from_json(to_json(event)) == event


def test_an_event_says_its_kind() -> None:
    kinds = [json.loads(to_json(event))["kind"] for event in EVENTS]
    assert kinds == ["found", "token", "waits", "done", "done", "refused", "failed"]


def test_an_event_is_one_line() -> None:
    assert [event for event in EVENTS if "\n" in to_json(event)] == []


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json('{"kind": "surprise"}')


def test_how_many_come_before_is_told_when_it_changes() -> None:
    events: list[AnswerEvent] = [Waits(2, "t"), Waits(2, "t"), Waits(1, "t"), Waits(1, "t"), Token("ha "), Token("ha ")]
    assert list(told_once(iter(events))) == [Waits(2, "t"), Waits(1, "t"), Token("ha "), Token("ha ")]
