"""The prompted answerer: a token-counted prompt, streamed from any LangChain chat model, checked on the way."""

import logging
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from langchain_core.messages import BaseMessage

from app.answerer import Answering, Piece, Size
from app.grounding import grounded
from app.llm.line import Line
from app.llm.model import LanguageModel, to_langchain
from retrieval.budget import TokenCounter, fit, refuse_over_window
from retrieval.errors import FrontdeskError, ModelUnavailable, Unusable
from retrieval.history import older
from retrieval.passage import Passage
from retrieval.plain import storable
from retrieval.prompt import Message, messages, rewriting, summing_up
from retrieval.rewrite import Turn, is_faithful, recent

_log = logging.getLogger(__name__)
_LONGEST_REWRITING = 400  # characters
_LONGEST_TOKEN = 24  # characters on the average, of an answer that still ends; a server may not keep our limit
_FEWEST_FOR_ANSWER = 16  # tokens
_ALONE = 64  # questions; whoever brings no line lets nobody wait
_LONGEST_SUMMARY = 1_200  # characters


class PromptedAnswerer:
    """Answers with a language model, from the passages only. Questions stand in `line` for it."""

    def __init__(self, model: LanguageModel, reserve: int, line: Line | None = None) -> None:
        self._model = model
        self._line = line or Line(_ALONE, 0)
        # In a small window half of it at most is kept free for the answer.
        self._reserve = min(reserve, model.counter.window // 2)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def tokens(self, answer: str) -> int:
        """Tokens of an answer, as this model counts. Rendered behind a question, which every template takes."""
        around, with_answer = ([Message("user", text)] for text in ("?", f"? {answer}"))
        return self._model.counter.count(with_answer) - self._model.counter.count(around) if answer else 0

    def check(self, question: str) -> Size:
        """The question must fit the window even when everything else is left out."""
        room = self._model.counter.window - self._reserve
        alone = refuse_over_window(question, self._model.counter, room)
        return Size(alone, room, "tokens")

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """The model's rewriting, when it is faithful; what the model says beyond its first line is not waited for."""
        conversation = rewriting(question, recent(turns))
        if self._model.counter.count(conversation) > self._model.counter.window - self._reserve:
            return ""
        try:
            with self._line.at_once_or_never() as free:  # what the rules make of it is no reason to wait
                said = self._first_line(conversation) if free else ""
        except ModelUnavailable as exc:  # the rules' rewriting does; if the model stays away, the answer says so
            _log.warning("The question was not rewritten by the model: %s", exc)
            return ""
        line = next(iter(said.strip().splitlines()), "").strip("\"' ")
        return line if is_faithful(line, question, turns) else ""

    def _first_line(self, conversation: Sequence[Message]) -> str:
        said = ""
        with closing(self._raw(to_langchain(conversation))) as pieces:
            for piece in pieces:
                said += piece
                if "\n" in said.lstrip() or len(said) > _LONGEST_REWRITING:
                    break
        return said

    def condensed(self, turns: Sequence[Turn]) -> Turn | None:
        """What the older ones of these turns come to, as one; None while the history has space or the model fails."""
        counter, room = self._model.counter, self._model.counter.window - self._reserve
        old = older(turns, counter, room)
        while old and counter.count(summing_up(old)) > room:
            old.pop(0)
        if not any(not turn.covers for turn in old):
            return None
        try:
            with self._line.at_once_or_never() as free, closing(self._raw(to_langchain(summing_up(old)))) as pieces:
                text = _beginning(pieces) if free else ""
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
        with self._line.turn() as before:
            yield from (Piece("", before=count) for count in before)
            with closing(self._raw(conversation)) as raw:
                for text in grounded(raw, passages):
                    yield Piece(text)

    def _raw(self, conversation: list[BaseMessage]) -> Generator[str]:
        said, length = False, 0
        try:
            for chunk in self._model.chat.stream(conversation):
                text = str(chunk.text)
                said, length = said or bool(text.strip()), length + len(text)
                if length > _LONGEST_TOKEN * self._reserve:
                    raise ModelUnavailable("The language model did not come to an end. Please ask in other words")
                yield text
        except FrontdeskError:
            raise
        except Exception as exc:
            raise ModelUnavailable("The language model failed. Please try again in a minute") from exc
        if not said:
            raise ModelUnavailable("The language model gave an empty answer. Please try again")


def refuse_small_window(counter: TokenCounter) -> None:
    """Our instructions and a short answer must fit, before anybody asks.

    Raises:
        Unusable: they do not.
    """
    fixed = counter.count(messages("?", (), ()))
    if fixed + _FEWEST_FOR_ANSWER > counter.window:
        raise Unusable(
            f"The model's window of {counter.window} tokens is too small: Frontdesk's instructions alone take {fixed}, "
            f"an answer at least {_FEWEST_FOR_ANSWER}. Take a model with a larger window, or raise FRONTDESK_LLM_WINDOW"
        )


def _beginning(pieces: Iterable[str]) -> str:
    """As much as a summary may have, up to the end of a sentence or word, as text that can act as nothing."""
    said = ""
    for piece in pieces:
        said += piece
        if len(said) > _LONGEST_SUMMARY:
            said = said[:_LONGEST_SUMMARY].rsplit(" ", 1)[0]
            break
    return storable(said).strip()
