"""OpenAI's format, read and written."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.events import Citation, Done, Failed, Found, Near, Refused, Token, Waits
from app.openai_format import ChatRequest, Chunks, answerer, completion, last_question, turns
from retrieval.budget import TokenUse
from retrieval.errors import QuestionRefused
from retrieval.rewrite import Turn

DONE = Done("27 [1]", (Citation(1, "a.md", "A", "27", "", "c1", 0, 2),), TokenUse(), {}, "", "quoting")
REFUSED = Refused(
    "Our documents do not say.", "hana", (Near("A", "a.md", "c1"), Near("B", "b.md", "c2")), TokenUse(), {}, ""
)


def request(*messages: tuple[str, Any], model: str = "quoting") -> ChatRequest:
    listed = [{"role": role, "content": content} for role, content in messages]
    return ChatRequest.model_validate({"model": model, "messages": listed, "temperature": 0.2, "n": 1})


def encoded(*events: Any) -> list[dict[str, Any]]:
    chunks = Chunks("quoting")
    return [json.loads(text) for event in events for text in chunks.encode(event)]


def test_the_last_message_is_the_question() -> None:
    assert last_question(request(("user", "First?"), ("assistant", "Yes."), ("user", "Second?"))) == "Second?"


def test_a_question_in_parts_is_their_text() -> None:
    parts = [{"type": "text", "text": "How"}, {"type": "image_url"}, {"type": "text", "text": "many?"}]
    assert last_question(request(("user", parts))) == "How\nmany?"


@pytest.mark.parametrize("last", ["assistant", "system", "tool"])
def test_a_last_message_of_somebody_else_is_refused(last: str) -> None:
    with pytest.raises(QuestionRefused, match="The last message must be the user's question"):
        last_question(request(("user", "Why?"), (last, "Because.")))


def test_turns_are_the_answered_questions_before() -> None:
    messages = [("system", "Be a pirate."), ("user", "A?"), ("user", "B?"), ("assistant", "b."), ("assistant", "more."),
                ("user", "C?"), ("assistant", "c."), ("user", "D?")]  # fmt: skip
    assert turns(request(*messages)) == (Turn("B?", "b."), Turn("C?", "c."))


@pytest.mark.parametrize(
    ("model", "expected"), [("frontdesk", ""), ("", ""), ("quoting", "quoting"), ("gpt-9", "gpt-9")]
)
def test_the_model_names_the_answerer(model: str, expected: str) -> None:
    assert answerer(request(("user", "Why?"), model=model)) == expected


def test_a_completion_holds_answer_and_sources() -> None:
    found = completion("quoting", DONE)
    assert found["choices"] == [
        {"index": 0, "message": {"role": "assistant", "content": "27 [1]"}, "finish_reason": "stop"}
    ]
    assert (found["status"], [one["quote"] for one in found["sources"]], found["closest"]) == ("answered", ["27"], [])


def test_a_refused_completion_holds_the_closest_titles() -> None:
    found = completion("quoting", REFUSED)
    assert (found["status"], [one["title"] for one in found["closest"]]) == ("refused", ["A", "B"])


def test_a_stream_opens_with_the_role_and_closes_with_the_sources() -> None:
    chunks = encoded(Found("Why?", (), ""), Token("27 "), Token("[1]"), DONE)
    assert [chunk["choices"][0]["delta"] for chunk in chunks] == [
        {"role": "assistant", "content": ""},
        {"content": "27 "},
        {"content": "[1]"},
        {},
    ]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None, None, None, "stop"]
    assert chunks[-1]["sources"][0]["uri"] == "a.md"


def test_all_chunks_of_a_stream_have_one_id() -> None:
    chunks = encoded(Found("Why?", (), ""), Token("27 "), DONE)
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_a_refusal_is_streamed_as_text() -> None:
    chunks = encoded(Found("Why?", (), ""), REFUSED)
    assert [chunk["choices"][0]["delta"].get("content") for chunk in chunks] == ["", "Our documents do not say.", None]


def test_a_failure_in_a_stream_is_an_error_object() -> None:
    (chunk,) = encoded(Failed("The model is busy", "ab12", retryable=True, conversation=""))
    assert chunk == {"error": {"message": "The model is busy (error ab12)", "type": "frontdesk_error", "code": "ab12"}}


def test_waiting_sends_no_chunk_and_quotes_instead_are_told() -> None:
    assert encoded(Waits(2, "")) == []
    assert completion("llama", replace(DONE, instead_of="llama"))["instead_of"] == "llama"
