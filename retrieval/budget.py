"""Fitting a prompt into a model's window, counted by the model's own tokenizer and chat template. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.errors import OverWindow
from retrieval.history import chosen
from retrieval.passage import Passage
from retrieval.prompt import Message, messages
from retrieval.rewrite import Turn

MOST_PASSAGES, FEWEST_PASSAGES, WORDS_FOR_ONE_LESS = 8, 3, 25


class TokenCounter(Protocol):
    """Counts as the served model does."""

    @property
    def window(self) -> int:
        """Tokens that prompt and answer may take together."""
        ...

    def count(self, conversation: Sequence[Message]) -> int:
        """Tokens of the rendered prompt, the opening of the answer included."""
        ...


@dataclass(frozen=True, slots=True)
class TokenUse:
    """How the window is used, and what was left out. All zero where no language model is used."""

    window: int = 0
    prompt: int = 0
    reserved: int = 0
    dropped_sources: int = 0
    dropped_turns: int = 0
    summarised_turns: int = 0  # of which only the gist is in the prompt


@dataclass(frozen=True, slots=True)
class Prompt:
    """Messages that fit, the passages and turns they hold, and the account."""

    messages: tuple[Message, ...]
    passages: tuple[Passage, ...]
    tokens: TokenUse


def passages_wanted(question: str) -> int:
    """How many passages to look for: more for a short question, fewer for a long one."""
    return max(FEWEST_PASSAGES, MOST_PASSAGES - len(question.split()) // WORDS_FOR_ONE_LESS)


def fit(
    question: str, passages: Sequence[Passage], turns: Sequence[Turn], counter: TokenCounter, reserve: int
) -> Prompt:
    """Leave out sources, whole and least relevant first, then the oldest turns, until all fits the window.

    Older turns beyond the history's share are left out beforehand, or stand as a summary that comes first among the
    turns; one source stays until no turn is left. The question is never cut.

    Raises:
        OverWindow: the question with one source does not fit, or the question alone does not.
    """
    room = counter.window - reserve
    refuse_over_window(question, counter, room)
    kept = list(passages)
    recent = chosen(turns, counter, room)
    needed = counter.count(messages(question, kept, recent))
    while needed > room:
        if len(kept) > 1:
            kept.pop()
        elif recent:
            recent.pop(0)
        else:
            raise OverWindow(needed - room, counter.window)
        needed = counter.count(messages(question, kept, recent))
    left_out = sum(not turn.covers for turn in turns) - sum(not turn.covers for turn in recent)
    summarised = min(left_out, sum(turn.covers for turn in recent))
    dropped = len(passages) - len(kept)
    use = TokenUse(counter.window, needed, reserve, dropped, left_out - summarised, summarised)
    return Prompt(tuple(messages(question, kept, recent)), tuple(kept), use)


def refuse_over_window(question: str, counter: TokenCounter, room: int) -> int:
    """Raise OverWindow when the question does not fit into so many tokens even without sources and turns.

    Returns the tokens that it takes with the fixed parts.
    """
    alone = counter.count(messages(question, (), ()))
    if alone > room:
        raise OverWindow(alone - room, counter.window)
    return alone
