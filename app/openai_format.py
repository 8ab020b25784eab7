"""OpenAI's chat completion format, in and out. Pure but for the clock and ids."""

import json
import secrets
import time
from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel

from app.events import AnswerEvent, Done, Failed, Found, Refused, Token, Waits
from retrieval.errors import QuestionRefused
from retrieval.rewrite import Turn

_DEFAULT = "frontdesk"  # a model name that means: whatever answers here


class Part(BaseModel):
    """A piece of a message's content; only text is used."""

    type: str
    text: str = ""


class ChatMessage(BaseModel):
    """One message. System messages are accepted and not used: Frontdesk's own instructions stand."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[Part] | None = None

    @property
    def text(self) -> str:
        """The content as plain text."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class ChatRequest(BaseModel):
    """What of a chat completion request is used; other fields are accepted, as clients send many."""

    model: str = ""
    messages: list[ChatMessage]
    stream: bool = False


def answerer(request: ChatRequest) -> str:
    """The answerer that `model` names; empty for the default one."""
    return "" if request.model == _DEFAULT else request.model


def last_question(request: ChatRequest) -> str:
    """The last message, which must be the user's.

    Raises:
        QuestionRefused: it is not.
    """
    if not request.messages or request.messages[-1].role != "user":
        raise QuestionRefused("The last message must be the user's question")
    return request.messages[-1].text


def turns(request: ChatRequest) -> tuple[Turn, ...]:
    """The answered questions before the last message."""
    found = []
    question = ""
    for message in request.messages[:-1]:
        if message.role == "user":
            question = message.text
        elif message.role == "assistant" and question:
            found.append(Turn(question, message.text))
            question = ""
    return tuple(found)


def completion(model: str, event: AnswerEvent) -> dict[str, Any]:
    """A whole answer. `frontdesk` holds what OpenAI's format has no place for."""
    assert isinstance(event, Done | Refused)
    message = {"role": "assistant", "content": event.answer}
    return {
        **_head(model, "chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        **extra(event),
    }


def extra(event: Done | Refused) -> dict[str, Any]:
    """Sources and status beside OpenAI's fields."""
    cited = event.citations if isinstance(event, Done) else ()
    near = event.closest if isinstance(event, Refused) else ()
    return {
        "status": "answered" if isinstance(event, Done) else "refused",
        "sources": [asdict(citation) for citation in cited],
        "closest": [asdict(one) for one in near],
        "tokens": asdict(event.tokens),
        "instead_of": event.instead_of if isinstance(event, Done) else "",
    }


class Chunks:
    """Events to the chunks of one streamed completion."""

    def __init__(self, model: str) -> None:
        self._head = _head(model, "chat.completion.chunk")
        self._said = False

    def encode(self, event: AnswerEvent) -> list[str]:
        """The chunks for one event, as JSON."""
        if isinstance(event, Found):
            return [self._chunk({"role": "assistant", "content": ""})]
        if isinstance(event, Waits):
            return []
        if isinstance(event, Token):
            self._said = True
            return [self._chunk({"content": event.text})]
        if isinstance(event, Failed):
            error = {
                "message": f"{event.message} (error {event.error})",
                "type": "frontdesk_error",
                "code": event.error,
            }
            return [json.dumps({"error": error})]
        before = [] if self._said else [self._chunk({"content": event.answer})]
        return [*before, self._chunk({}, "stop", **extra(event))]

    def _chunk(self, delta: dict[str, str], finish: str | None = None, **more: Any) -> str:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
        return json.dumps({**self._head, "choices": choices, **more})


def _head(model: str, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": kind,
        "created": int(time.time()),
        "model": model or _DEFAULT,
    }
