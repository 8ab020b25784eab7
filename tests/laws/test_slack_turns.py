"""Law 1 of history in Slack: what only one person saw never gets into the prompt of an answer that others see."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr
from starlette.testclient import TestClient

from app.access import Caller
from app.bootstrap import Home
from app.events import Done, from_json
from app.llm.model import LanguageModel
from app.prompted import PromptedAnswerer
from app.question import Question
from app.server import make_app
from tests.app.test_prompted import Words
from tests.laws.conftest import OFFICE
from tests.laws.corpus import NewHome

SAM = {"user": "U3", "email": "sam@office.example"}
TOLD = {"channel": ("C1", "public", False), "ephemeral": ("C1", "public", True), "direct": ("D1", "direct", False)}
WAYS = [*TOLD, "web"]


class Listens(BaseChatModel):
    """A chat model that says which question it answers, and notes what it was given."""

    _given: list[str] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "listens"

    def _generate(self, *_: object, **__: object) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages: list[BaseMessage], *_: object, **__: object) -> Iterator[ChatGenerationChunk]:
        self._given.append("\n".join(str(message.content) for message in messages))
        yield ChatGenerationChunk(
            message=AIMessageChunk(content=f"Annual leave is 25 days [1]. Said{len(self._given)}.")
        )


class Company:
    """A home whose model listens, asked over Slack's routes and on the web."""

    def __init__(self, home: Home) -> None:
        self.model = Listens()
        answerer = PromptedAnswerer(LanguageModel("listens", self.model, Words(4000)), 50)
        home.__dict__["desk"] = replace(home.desk, threshold=0.0, answerers={"listens": answerer})
        self.home = home
        headers = {"Authorization": "Bearer key"}
        self.http = TestClient(make_app(home, "key"), base_url="http://127.0.0.1", headers=headers)
        self.thread = ""  # the channel's conversation

    def given(self, way: str, number: int) -> str:
        """Everything that the model was given to answer the question of this number."""
        before = len(self.model._given)
        question = f"How many days is annual leave, asked{number}?"
        done = self._on_the_web(question) if way == "web" else self._in_slack(question, way)
        if way == "channel":
            self.thread = done.conversation
        return "\n".join(self.model._given[before:])

    def _in_slack(self, question: str, way: str) -> Done:
        channel, kind, ephemeral = TOLD[way]
        where = {"team": "T1", "channel": channel, "thread": "1.1", "asker": SAM, "readers": None}
        body = {**where, "kind": kind, "ephemeral": ephemeral, "question": question}
        response = self.http.post("/api/slack/ask", json=body)
        lines = [line.removeprefix("data:") for line in response.text.splitlines() if line.startswith("data:")]
        done = from_json(lines[-1])
        assert isinstance(done, Done), lines
        return done

    def _on_the_web(self, question: str) -> Done:
        caller = Caller(SAM["email"], frozenset({"slack:T1/C1"}))
        *_, done = self.home.desk.ask(Question(question, caller, self.thread))
        assert isinstance(done, Done)
        return done


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["channel", "ephemeral", "direct", "web", "channel"])
@given(st.lists(st.sampled_from(WAYS), min_size=1, max_size=5))
def test_what_one_person_saw_alone_is_in_no_prompt_of_the_channel(new_home: NewHome, ways: list[str]) -> None:
    with new_home(OFFICE) as home:
        company = Company(home)
        for number, way in enumerate([*ways, "channel"]):
            given_to_model = company.given(way, number)
            assert f"asked{number}" in given_to_model
            if way == "channel":
                alone = [f"asked{before}?" for before in range(number) if ways[before] != "channel"]
                assert [words for words in alone if words in given_to_model] == []


def test_what_was_said_in_the_channel_is_in_the_prompts_that_follow_there(new_home: NewHome) -> None:
    with new_home(OFFICE) as home:
        company = Company(home)
        company.given("channel", 1)
        followed = company.given("channel", 2)
        assert ("asked1?" in followed, "asked2?" in followed) == (True, True)
        assert "asked1?" in company.given("web", 3)
        assert "asked3?" not in company.given("channel", 4)


@pytest.mark.parametrize("way", ["channel", "direct"])
def test_an_answer_only_for_oneself_begins_with_nothing_of_what_was_said_before(new_home: NewHome, way: str) -> None:
    with new_home(OFFICE) as home:
        company = Company(home)
        for number, told in enumerate((way, "ephemeral")):
            company.given(told, number)
        given_to_model = company.given("ephemeral", 2)
        assert [number for number in range(3) if f"asked{number}?" in given_to_model] == [2]
