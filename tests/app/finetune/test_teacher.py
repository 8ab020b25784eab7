"""A teacher that is a real server answering from a script, asked through the real client."""

import json

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.finetune.teacher import Teacher
from app.llm.remote import RemoteModel, connect
from retrieval.chunk import Chunk
from retrieval.errors import ModelUnavailable
from retrieval.prompt import TEACH
from tests.listening import listening

CHUNK = Chunk("c1", "docs/hotels.md", "Hotels", (), "The hotel cap is 115 pounds. Ask before booking.")
GOOD = {"question": "How much may a room cost?", "quotes": ["The hotel cap is 115 pounds."]}

_CLOSE = {"Connection": "close"}  # the client leaves no connection open behind it


class Script:
    """What the server says to each request, in turn; an empty text is an error."""

    def __init__(self) -> None:
        self.says: list[str] = []
        self.asked: list[dict[str, object]] = []
        self.keys: set[str | None] = set()
        routes = [Route("/v1/models", self._models), Route("/v1/chat/completions", self._chat, methods=["POST"])]
        self.app = Starlette(routes=[*routes, Route("/tokenize", self._tokenize, methods=["POST"])])

    async def _models(self, _: Request) -> Response:
        return JSONResponse({"object": "list", "data": [{"id": "teacher", "max_model_len": 4096}]}, headers=_CLOSE)

    async def _tokenize(self, _: Request) -> Response:
        return JSONResponse({"count": 1, "max_model_len": 4096, "tokens": [1]}, headers=_CLOSE)

    async def _chat(self, request: Request) -> Response:
        self.asked.append(await request.json())
        self.keys.add(request.headers.get("authorization"))
        text = self.says.pop(0) if self.says else ""
        if not text:
            return Response("a stack trace", 400, headers=_CLOSE)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        said = {"id": "1", "object": "chat.completion", "created": 1, "model": "teacher", "choices": [choice]}
        return JSONResponse(said, headers=_CLOSE)


@pytest.fixture
def script() -> Script:
    return Script()


def lines(*rows: object) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def teacher(url: str) -> Teacher:
    return Teacher(connect(RemoteModel(f"{url}/v1", "", SecretStr("k1"), "", 0, 64)), 3)


def test_a_question_is_kept_only_if_every_quote_stands_in_the_passage(script: Script) -> None:
    invented = {"question": "Who pays?", "quotes": ["The company pays everything always."]}
    half = {"question": "What else?", "quotes": ["Ask before booking.", "Nobody has to ask."]}
    broken = '{"question": "Why?"}\n{"question"\n[1]\nSure, here you are:'
    script.says = [f"{lines(GOOD, invented, half)}\n{broken}"]
    with listening(script.app) as url:
        asked = teacher(url)
        drafts = asked.drafts(CHUNK)
    assert [(draft.question, draft.quotes, draft.form) for draft in drafts] == [
        ("How much may a room cost?", ("The hotel cap is 115 pounds.",), "teacher")
    ]
    assert (asked.said, asked.kept) == (5, 1)


def test_the_passage_is_data_in_a_message_of_its_own(script: Script) -> None:
    script.says = [lines(GOOD)]
    with listening(script.app) as url:
        teacher(url).drafts(CHUNK)
    messages = script.asked[0]["messages"]
    assert messages == [
        {"role": "system", "content": TEACH.format(count=3)},
        {"role": "user", "content": CHUNK.embedded_text},
    ]
    assert script.keys == {"Bearer k1"}


def test_a_failure_now_and_then_is_passed_over_and_several_in_a_row_are_told(script: Script) -> None:
    with listening(script.app) as url:
        asked = teacher(url)
        script.says = ["", "", lines(GOOD), "", "", ""]
        assert [len(asked.drafts(CHUNK)) for _ in range(3)] == [0, 0, 1]
        assert [len(asked.drafts(CHUNK)) for _ in range(2)] == [0, 0]
        with pytest.raises(ModelUnavailable, match="The teacher failed"):
            asked.drafts(CHUNK)
