"""A language model with the quotes behind it: where the model fails or is too slow, the documents are quoted instead.

A stream cannot be taken back, least of all from an OpenAI client: what the model said stays, and the quotes follow it.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing

from app.answerer import Answerer, Answering, Piece, Size
from app.breaker import Breaker
from app.summaries import Condenser
from retrieval.budget import TokenUse
from retrieval.errors import ModelBusy, ModelUnavailable
from retrieval.passage import Passage
from retrieval.prompt import BROKE_OFF
from retrieval.rewrite import Turn

_log = logging.getLogger(__name__)


class FallingBack:
    """Answers with `model`, and with `quoting` where that fails. A model that keeps failing gets a rest."""

    def __init__(self, model: Answerer, quoting: Answerer, breaker: Breaker | None = None) -> None:
        self._model, self._quoting = model, quoting
        self._breaker = breaker or Breaker()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    def check(self, question: str) -> Size:
        """Both must be able to take it; a model that cannot count it now may still be able to later."""
        size = self._quoting.check(question)
        try:
            return self._model.check(question)
        except ModelUnavailable as exc:
            _log.warning("The question was not counted by the model: %s", exc)
            return size

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        """The model's rewriting."""
        try:
            return "" if self._breaker.has_tripped else self._model.rewritten(question, turns)
        except ModelUnavailable as exc:
            _log.warning("The question was not rewritten by the model: %s", exc)
            return ""

    def condensed(self, turns: Sequence[Turn]) -> Turn | None:
        """What the model makes of the older turns, if it can sum up; quotes need none of it."""
        can = isinstance(self._model, Condenser) and not self._breaker.has_tripped
        return self._model.condensed(turns) if can else None  # type: ignore[attr-defined]

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        """Begin with the model; the quotes are taken from the same passages."""
        answering = None
        if self._breaker.lets_through():
            try:
                answering = self._model.begin(question, standalone, passages, turns)
            except ModelUnavailable as exc:
                self._note(exc)
        given = answering.passages if answering else tuple(passages)
        quotes = self._quoting.begin(question, standalone, given, turns)
        if answering is None:
            return Answering(given, TokenUse(), self._instead(quotes))
        return Answering(given, answering.tokens, self._both(answering, quotes), answering.rests_on)

    def _both(self, answering: Answering, quotes: Answering) -> Generator[Piece]:
        said = False
        with closing(answering.pieces) as pieces:  # type: ignore[type-var]
            try:
                for piece in pieces:
                    said = said or bool(piece.text.strip())
                    yield piece
            except ModelBusy:
                raise
            except ModelUnavailable as exc:
                self._note(exc)
            else:
                self._breaker.succeeded()
                return
        if said:
            yield Piece(f" ...\n\n{BROKE_OFF}\n\n")
        yield from self._instead(quotes)

    def _instead(self, quotes: Answering) -> Iterator[Piece]:
        yield Piece("", instead_of=self.name)
        yield from quotes.pieces

    def _note(self, failure: ModelUnavailable) -> None:
        _log.warning("The documents are quoted instead of the model's answer", exc_info=failure)
        self._breaker.failed()
