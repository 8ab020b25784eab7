"""A language model as Frontdesk uses it: LangChain's chat model with the token counter of the very model it serves."""

from abc import abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from app.llm.generation import until
from retrieval.budget import TokenCounter
from retrieval.prompt import Message

_KINDS: dict[str, type[BaseMessage]] = {"system": SystemMessage, "user": HumanMessage, "assistant": AIMessage}


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Streams with `chat`, counts with `counter`; `name` is what users see."""

    name: str
    chat: BaseChatModel
    counter: TokenCounter


class OwnChatModel(BaseChatModel):
    """A LangChain chat model that runs in this process. Closing the stream closes what `_said` gave."""

    @abstractmethod
    def _said(self, conversation: Sequence[Message], **kwargs: Any) -> Generator[str]:
        """The answer, piece by piece; `kwargs` are what the caller passed."""

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages, stop, run_manager, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=text))])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        with closing(self._said(from_langchain(messages), **kwargs)) as pieces:
            for text in until(pieces, stop or []):
                if run_manager:
                    run_manager.on_llm_new_token(text)
                yield ChatGenerationChunk(message=AIMessageChunk(content=text))


def to_langchain(conversation: Sequence[Message]) -> list[BaseMessage]:
    """Our messages as LangChain's."""
    return [_KINDS[message.role](content=message.text) for message in conversation]


def from_langchain(conversation: Sequence[BaseMessage]) -> list[Message]:
    """LangChain's messages as ours."""
    roles = {kind: role for role, kind in _KINDS.items()}
    return [Message(roles.get(type(message), "user"), str(message.text)) for message in conversation]
