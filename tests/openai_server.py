"""A small OpenAI-compatible server with a tiny Llama behind it; it can also misbehave in the ways real ones do.

It speaks as vLLM does: the window in /v1/models, a /tokenize route, chat completions streamed or not.
"""

import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.llm.local import load_llama
from tests.listening import listening

NAME = "tiny-llama"
_KINDS: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


class Trouble(Enum):
    """How a server can misbehave."""

    NONE = "none"
    NO_WINDOW = "does not state its window"
    NO_TOKENIZE = "has no tokenize endpoint"
    HANG = "sends one word, then nothing"
    SILENT = "never answers"
    PINGS = "sends one word, then empty lines only"
    LIMIT = "answers 429"
    FLAKY = "answers 503 once"
    EMPTY = "answers without a word"
    ENDLESS = "never stops"
    ERROR = "answers 500"
    GARBAGE = "sends something that is no JSON"
    CLOSES = "closes the connection in mid-stream"


_STATUS = {Trouble.ERROR: 500, Trouble.LIMIT: 429, Trouble.FLAKY: 503}


class OpenAIServer:
    """What it serves, how it misbehaves, and what it was asked."""

    def __init__(self, folder: Path) -> None:
        self._llama = load_llama(folder, "cpu", 0, 48)
        self.url = ""
        self.trouble = Trouble.NONE
        self.asked: list[dict[str, Any]] = []
        self.left = threading.Event()  # set when a client went away from a stream that hangs

    @property
    def app(self) -> Starlette:
        """The routes."""
        return Starlette(
            routes=[
                Route("/v1/models", self._models),
                Route("/tokenize", self._tokenize, methods=["POST"]),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
            ]
        )

    async def _models(self, _: Request) -> Response:
        if self.trouble is Trouble.ERROR:
            return Response("a stack trace", 500)
        if self.trouble is Trouble.GARBAGE:
            return Response("<html>")
        window = {} if self.trouble is Trouble.NO_WINDOW else {"max_model_len": self._llama.counter.window}
        return JSONResponse({"object": "list", "data": [{"id": NAME, **window}, {"id": "other", "max_model_len": 99}]})

    async def _tokenize(self, request: Request) -> Response:
        if self.trouble is Trouble.NO_TOKENIZE:
            return JSONResponse({"detail": "Not Found"}, 404)
        ids = self._tokens((await request.json())["messages"])
        return JSONResponse({"count": len(ids), "max_model_len": self._llama.counter.window, "tokens": ids})

    def _tokens(self, messages: list[dict[str, str]]) -> list[int]:
        tokenizer: Any = self._llama.counter.tokenizer  # type: ignore[attr-defined]
        text = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        return list(tokenizer(text, add_special_tokens=False)["input_ids"])

    async def _chat(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        if self.trouble in _STATUS:
            status = _STATUS[self.trouble]
            self.trouble = Trouble.NONE if self.trouble is Trouble.FLAKY else self.trouble
            return Response("a stack trace", status)
        if self.trouble is Trouble.SILENT:
            await anyio.sleep(5)
        messages = [_KINDS[message["role"]](content=message["content"]) for message in body["messages"]]
        if body.get("stream"):
            return StreamingResponse(self._streamed(messages), media_type="text/event-stream")
        answer = await anyio.to_thread.run_sync(self._llama.chat.invoke, messages)
        text = str(answer.text)
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        return JSONResponse(_head("chat.completion") | {"choices": [choice]})

    async def _streamed(self, messages: list[BaseMessage]) -> AsyncIterator[str]:
        if self.trouble is Trouble.EMPTY:
            yield _event("")
            yield "data: [DONE]\n\n"
            return
        if self.trouble in (Trouble.HANG, Trouble.CLOSES, Trouble.GARBAGE, Trouble.PINGS, Trouble.ENDLESS):
            yield _event("You ")
        async for more in self._without_end():
            yield more
        if self.trouble is Trouble.HANG:
            try:
                await anyio.sleep(60)
            finally:
                self.left.set()
        if self.trouble is Trouble.CLOSES:
            raise ConnectionAbortedError
        if self.trouble is Trouble.GARBAGE:
            yield "data: {this is no JSON\n\n"
        chunks = self._llama.chat.stream(messages)
        try:
            async for chunk in iterate_in_threadpool(chunks):
                yield _event(str(chunk.text))
            yield "data: [DONE]\n\n"
        finally:  # a client that has gone must not leave the model working
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(chunks.close)  # type: ignore[attr-defined]

    async def _without_end(self) -> AsyncIterator[str]:
        while self.trouble in (Trouble.PINGS, Trouble.ENDLESS):
            await anyio.sleep(0.002)
            yield ": ping\n\n" if self.trouble is Trouble.PINGS else _event("and so on, ")


@contextmanager
def openai_server(folder: Path) -> Iterator[OpenAIServer]:
    """Serve the Llama in this folder."""
    server = OpenAIServer(folder)
    with listening(server.app) as url:
        server.url = f"{url}/v1"
        yield server


def _event(text: str) -> str:
    choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    return f"data: {json.dumps(_head('chat.completion.chunk') | {'choices': [choice]})}\n\n"


def _head(kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": NAME}
