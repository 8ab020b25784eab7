"""The prompted answerer: a token-counted prompt, streamed from any LangChain chat model, checked on the way."""

import logging
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from langchain_core.messages import BaseMessage

from app.answerer import Answering, Piece
from app.grounding import grounded
from app.llm.model import LanguageModel, to_langchain
from retrieval.budget import fit, refuse_over_window
from retrieval.errors import FrontdeskError, ModelUnavailable
from retrieval.history import older
from retrieval.passage import Passage
from retrieval.plain import storable
from retrieval.prompt import rewriting, summing_up
from retrieval.rewrite import Turn, is_faithful, recent

_log = logging.getLogger(__name__)
_LONGEST_REWRITING = 400  # characters
_LONGEST_SUMMARY = 1_200  # characters


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

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """The model's rewriting, when it is faithful; what the model says beyond its first line is not waited for."""
        conversation = rewriting(question, recent(turns))
        if self._model.counter.count(conversation) > self._model.counter.window - self._reserve:
            return ""
        said = ""
        try:
            with closing(self._raw(to_langchain(conversation))) as pieces:
                for piece in pieces:
                    said += piece
                    if "\n" in said.lstrip() or len(said) > _LONGEST_REWRITING:
                        break
        except ModelUnavailable as exc:  # the rules' rewriting does; if the model stays away, the answer says so
            _log.warning("The question was not rewritten by the model: %s", exc)
            return ""
        line = next(iter(said.strip().splitlines()), "").strip("\"' ")
        return line if is_faithful(line, question, turns) else ""

    def condensed(self, turns: Sequence[Turn]) -> Turn | None:
        """What the older ones of these turns come to, as one; None while the history has space or the model fails."""
        counter, room = self._model.counter, self._model.counter.window - self._reserve
        old = older(turns, counter, room)
        while old and counter.count(summing_up(old)) > room:
            old.pop(0)
        if not any(not turn.covers for turn in old):
            return None
        try:
            with closing(self._raw(to_langchain(summing_up(old)))) as pieces:
                text = _beginning(pieces)
        except ModelUnavailable as exc:
            _log.warning("Older turns were not summed up: %s", exc)
            return None
        return Turn("", text, sum(turn.covers or 1 for turn in old)) if text else None

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Fit the prompt, then stream; the model reads the turns itself."""
        prompt = fit(question, passages, turns, self._model.counter, self._reserve)
        pieces = self._pieces(to_langchain(prompt.messages), prompt.passages)
        chunks = tuple(chunk.id for passage in prompt.passages for chunk in passage.chunks)
        return Answering(prompt.passages, prompt.tokens, pieces, chunks)

    def _pieces(self, conversation: list[BaseMessage], passages: Sequence[Passage]) -> Generator[Piece]:
        for text in grounded(self._raw(conversation), passages):
            yield Piece(text)

    def _raw(self, conversation: list[BaseMessage]) -> Generator[str]:
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


def _beginning(pieces: Iterable[str]) -> str:
    """As much as a summary may have, up to the end of a sentence or word, as text that can act as nothing."""
    said = ""
    for piece in pieces:
        said += piece
        if len(said) > _LONGEST_SUMMARY:
            said = said[:_LONGEST_SUMMARY].rsplit(" ", 1)[0]
            break
    return storable(said).strip()
