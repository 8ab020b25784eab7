"""Laws 4, 5 and 9 with a language model that misbehaves, at a real server and in this process.

Each accepted question ends once, what was said stays in the conversation, and what was answerable stays answerable.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tenacity import wait_none

from app.access import Caller
from app.bootstrap import Home
from app.events import AnswerEvent, Done, Failed, Refused, Token
from app.falling_back import FallingBack
from app.grounding import cited
from app.llm import patient
from app.llm.line import Line
from app.llm.local import load_llama
from app.llm.model import LanguageModel
from app.llm.remote import RemoteModel, ServerCounter, connect
from app.prompted import PromptedAnswerer
from app.question import Question
from retrieval.prompt import BROKE_OFF
from tests.openai_server import OpenAIServer, Trouble, openai_server

SAM = Caller("sam@office.example")
LEAVE = "How many days is annual leave?"
QUOTE = "Annual leave is 25 days."
BEFORE_A_WORD = [Trouble.ERROR, Trouble.LIMIT, Trouble.SILENT, Trouble.EMPTY]
IN_THE_MIDDLE = [Trouble.HANG, Trouble.PINGS, Trouble.CLOSES, Trouble.GARBAGE, Trouble.ENDLESS]


@pytest.fixture(scope="module")
def server(llama_dir: Path) -> Iterator[OpenAIServer]:
    with openai_server(llama_dir) as started:
        yield started


@pytest.fixture(scope="module")
def remote(server: OpenAIServer) -> Iterator[LanguageModel]:
    model = connect(RemoteModel(server.url, "", SecretStr("key"), "", 0, 24, 0.2))
    yield model
    assert isinstance(model.counter, ServerCounter)
    model.counter._client.close()
    model.chat.http_client.close()  # type: ignore[attr-defined]


@pytest.fixture(params=[True, False], ids=["quotes behind it", "alone"])
def answered_by(
    request: pytest.FixtureRequest, little_office: Home, remote: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> PromptedAnswerer | FallingBack:
    monkeypatch.setattr(patient, "_WAIT", wait_none())
    alone = PromptedAnswerer(remote, 24)
    return FallingBack(alone, little_office.quoting) if request.param else alone


def asked(office: Home, answerer: PromptedAnswerer | FallingBack, text: str = LEAVE) -> list[AnswerEvent]:
    desk = replace(office.desk, answerers={answerer.name: answerer}, threshold=0.0)
    return list(desk.ask(Question(text, SAM)))


def only_end(events: Sequence[AnswerEvent]) -> Done | Refused | Failed:
    (end,) = (event for event in events if isinstance(event, Done | Refused | Failed))
    assert end is events[-1]
    return end


def told(events: Sequence[AnswerEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def kept(office: Home, end: Done | Refused | Failed) -> list[tuple[str, str]]:
    return [(said.role, said.text) for said in office.conversations.transcript(SAM, end.conversation)]


@pytest.mark.parametrize("trouble", [*BEFORE_A_WORD, *IN_THE_MIDDLE], ids=lambda one: one.value)
def test_law_4_a_question_ends_once_whatever_the_server_does(
    little_office: Home, server: OpenAIServer, answered_by: PromptedAnswerer | FallingBack, trouble: Trouble
) -> None:
    server.trouble = trouble
    events = asked(little_office, answered_by)
    server.trouble = Trouble.NONE
    end = only_end(events)
    assert isinstance(end, Done if isinstance(answered_by, FallingBack) else Failed)
    assert (len(kept(little_office, end)), kept(little_office, end)[0]) == (2, ("user", LEAVE))
    if isinstance(end, Done):
        assert (QUOTE in end.answer, BROKE_OFF in end.answer) == (True, trouble in IN_THE_MIDDLE)
        assert set(cited(end.answer)) == {citation.number for citation in end.citations}


def test_law_4_a_model_without_room_is_busy_and_nothing_else(little_office: Home, remote: LanguageModel) -> None:
    line = Line(1, 0)
    answerer = FallingBack(PromptedAnswerer(remote, 24, line), little_office.quoting)
    with line.turn() as places:
        assert list(places) == []
        end = only_end(asked(little_office, answerer))
    assert isinstance(end, Failed)
    assert "Please try again at" in end.message
    assert isinstance(only_end(asked(little_office, answerer)), Done)


@pytest.fixture(scope="module")
def crashing(llama_dir: Path) -> LanguageModel:
    """A Llama in this process that reads its prompt, says some words and fails; it works from then on."""
    llama = load_llama(llama_dir, "cpu", 0, 24)
    steps: list[int] = []

    def fail_once(*_: Any) -> None:
        steps.append(1)
        if len(steps) == 8:
            raise RuntimeError("out of memory at layer 3")

    llama.chat.model.register_forward_pre_hook(fail_once)  # type: ignore[attr-defined]
    return llama


def test_law_9_what_a_model_said_before_it_crashed_stays_and_the_next_question_is_answered(
    little_office: Home, crashing: LanguageModel
) -> None:
    answerer = FallingBack(PromptedAnswerer(crashing, 24), little_office.quoting)
    events = asked(little_office, answerer)
    end = only_end(events)
    assert isinstance(end, Done)
    words, _, quotes = end.answer.partition(f" ...\n\n{BROKE_OFF}\n\n")
    assert words.strip()
    assert QUOTE in quotes
    assert told(events).strip() == end.answer == kept(little_office, end)[1][1]
    after = only_end(asked(little_office, answerer))
    assert isinstance(after, Done)
    assert after.instead_of == ""
