"""A language model as Frontdesk uses it: LangChain's chat model with the token counter of the very model it serves."""

from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from retrieval.budget import TokenCounter
from retrieval.prompt import Message

_KINDS: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Streams with `chat`, counts with `counter`; `name` is what users see."""

    name: str
    chat: BaseChatModel
    counter: TokenCounter


def to_langchain(conversation: Sequence[Message]) -> list[BaseMessage]:
    """Our messages as LangChain's."""
    return [_KINDS[message.role](content=message.text) for message in conversation]


def from_langchain(conversation: Sequence[BaseMessage]) -> list[Message]:
    """LangChain's messages as ours."""
    roles = {kind: role for role, kind in _KINDS.items()}
    return [Message(roles.get(type(message), "user"), str(message.text)) for message in conversation]
