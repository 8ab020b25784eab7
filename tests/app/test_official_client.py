"""The OpenAI-compatible route, asked by the official `openai` client."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from app.access import caller_for
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from tests.app.commands import LEAVE, UNKNOWN
from tests.serving import served


@pytest.fixture(scope="module")
def address(office: Home) -> Iterator[str]:
    with served(office) as url:
        yield url


@pytest.fixture(scope="module")
def official(office: Home, address: str) -> Iterator[openai.OpenAI]:
    key = service_key(office.settings.home)
    with openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as client:
        yield client


def test_the_official_client_gets_a_whole_answer(official: openai.OpenAI) -> None:
    answer = official.chat.completions.create(model="quoting", messages=[{"role": "user", "content": LEAVE}])
    assert "Every employee has 27 days of annual leave." in str(answer.choices[0].message.content)
    assert (answer.object, answer.choices[0].finish_reason) == ("chat.completion", "stop")


def test_the_official_client_gets_the_same_answer_streamed(official: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": LEAVE}]
    whole = official.chat.completions.create(model="quoting", messages=messages)
    chunks = list(official.chat.completions.create(model="quoting", messages=messages, stream=True))
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert len(chunks) > 3
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_sources_come_in_an_extra_field(official: openai.OpenAI, stream: bool) -> None:
    messages: Any = [{"role": "user", "content": LEAVE}]
    answer: Any = official.chat.completions.create(model="quoting", messages=messages, stream=stream)
    last = list(answer)[-1] if stream else answer
    assert last.model_extra["status"] == "answered"
    first = last.model_extra["sources"][0]
    assert (first["number"], first["uri"]) == (1, "office/leave.md")
    assert first["quote"] == "Every employee has 27 days of annual leave."


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_refusal_is_an_answer_with_its_status(official: openai.OpenAI, stream: bool) -> None:
    messages: Any = [{"role": "user", "content": UNKNOWN}]
    answer: Any = official.chat.completions.create(model="frontdesk", messages=messages, stream=stream)
    parts = list(answer) if stream else [answer]
    texts = [part.choices[0].delta.content if stream else part.choices[0].message.content for part in parts]
    assert "".join(text or "" for text in texts).startswith("Our documents do not say.")
    assert parts[-1].model_extra["status"] == "refused"


def test_history_in_the_messages_is_used(official: openai.OpenAI) -> None:
    messages: Any = [
        {"role": "system", "content": "You are a pirate."},
        {"role": "user", "content": "How is a lost door badge blocked?"},
        {"role": "assistant", "content": "By calling the guard."},
        {"role": "user", "content": "And when is it done?"},
    ]
    answer = official.chat.completions.create(model="quoting", messages=messages)
    assert "A lost badge is blocked by calling the guard at once." in str(answer.choices[0].message.content)


def test_nothing_that_the_official_client_asks_is_kept(office: Home, official: openai.OpenAI) -> None:
    messages: Any = [{"role": "user", "content": LEAVE}]
    marcus = caller_for(office.engine, "marcus@office.example")
    before = office.conversations.listed(marcus)
    official.chat.completions.create(model="quoting", messages=messages, extra_headers={AS_HEADER: marcus.email})
    assert office.conversations.listed(marcus) == before


def test_the_models_are_listed(official: openai.OpenAI) -> None:
    assert [model.id for model in official.models.list()] == ["quoting"]


def test_an_unknown_model_is_not_found(official: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-9'. Known are: quoting"):
        official.chat.completions.create(model="gpt-9", messages=[{"role": "user", "content": LEAVE}])


@pytest.mark.parametrize(
    "messages",
    [[], [{"role": "assistant", "content": "Hello"}], [{"role": "user", "content": ""}], [{"role": "user"}]],
    ids=["none", "not the user's", "empty", "without content"],
)
def test_messages_without_a_question_are_refused(official: openai.OpenAI, messages: Any) -> None:
    with pytest.raises(openai.UnprocessableEntityError, match="question"):
        official.chat.completions.create(model="quoting", messages=messages)


def test_a_wrong_key_is_an_authentication_error(address: str) -> None:
    with (
        openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0) as client,
        pytest.raises(openai.AuthenticationError, match="Send a valid key"),
    ):
        client.models.list()
