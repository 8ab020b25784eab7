"""The prompted answerer: a token-counted prompt, streamed from any LangChain chat model, checked on the way."""

from collections.abc import Iterator, Sequence

from langchain_core.messages import BaseMessage

from app.answerer import Answering, Piece
from app.grounding import grounded
from app.llm.model import LanguageModel, to_langchain
from retrieval.budget import fit, refuse_over_window
from retrieval.errors import FrontdeskError, ModelUnavailable
from retrieval.passage import Passage
from retrieval.rewrite import Turn


class PromptedAnswerer:
    """Answers with a language model, from the passages only."""

    def __init__(self, model: LanguageModel, reserve: int) -> None:
        self._model = model
        # In a small window half of it at most is kept free for the answer.
        self._reserve = min(reserve, model.counter.window // 2)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def check(self, question: str) -> None:
        """The question must fit the window even when everything else is left out."""
        refuse_over_window(question, self._model.counter, self._model.counter.window - self._reserve)

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Fit the prompt, then stream; the model reads the turns itself."""
        prompt = fit(question, passages, turns, self._model.counter, self._reserve)
        pieces = self._pieces(to_langchain(prompt.messages), prompt.passages)
        chunks = tuple(chunk.id for passage in prompt.passages for chunk in passage.chunks)
        return Answering(prompt.passages, prompt.tokens, pieces, chunks)

    def _pieces(self, conversation: list[BaseMessage], passages: Sequence[Passage]) -> Iterator[Piece]:
        for text in grounded(self._raw(conversation), passages):
            yield Piece(text)

    def _raw(self, conversation: list[BaseMessage]) -> Iterator[str]:
        said = False
        try:
            for chunk in self._model.chat.stream(conversation):
                text = str(chunk.text)
                said = said or bool(text.strip())
                yield text
        except FrontdeskError:
            raise
        except Exception as exc:
            raise ModelUnavailable("The language model failed. Please try again in a minute") from exc
        if not said:
            raise ModelUnavailable("The language model gave an empty answer. Please try again")
