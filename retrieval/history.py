"""Which turns go into a prompt, and which are summed up: the newest word for word, what came before in one text. Pure.

Everything is counted in the served model's tokens; the history never takes more than its share of the room.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.prompt import EARLIER, Message, said
from retrieval.rewrite import Turn

if TYPE_CHECKING:
    from retrieval.budget import TokenCounter

SHARE = 0.25  # of the room, so that a long talk cannot crowd out the sources
FULL = 0.75  # of that share: from here on older turns are summed up
_VERBATIM = 5  # the newest one of so many stays as it is


def chosen(turns: Sequence[Turn], counter: "TokenCounter", room: int) -> list[Turn]:
    """The newest turns that fit the history's share, and in front of them what was before, where some do not fit.

    `turns` are all that were said, behind them nothing; a summary of the first ones may come before them.
    """
    summaries, whole = [turn for turn in turns if turn.covers], [turn for turn in turns if not turn.covers]
    recent = _recent(whole, [], counter, room)
    if len(recent) == len(whole) or not summaries or _tokens(summaries, counter) > SHARE * room:
        return recent
    return summaries + _recent(whole, summaries, counter, room)


def older(turns: Sequence[Turn], counter: "TokenCounter", room: int) -> list[Turn]:
    """The turns that are to be summed up now; none while the history has space, or nothing new would be in it.

    `turns` are those after a summary, which comes first if there is one.
    """
    whole = [turn for turn in turns if not turn.covers]
    old = turns[: len(turns) - math.ceil(len(whole) / _VERBATIM)]
    has_new = any(not turn.covers for turn in old)
    return list(old) if has_new and _tokens(turns, counter) >= FULL * SHARE * room else []


def _recent(turns: Sequence[Turn], before: list[Turn], counter: "TokenCounter", room: int) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(turns):
        longer = [turn, *kept]
        if _tokens([*before, *longer], counter) > SHARE * room:
            break
        kept = longer
    return kept


def _tokens(turns: Sequence[Turn], counter: "TokenCounter") -> int:
    messages = [
        message
        for turn in turns
        for message in ([Message("user", f"{EARLIER}\n{turn.answer}")] if turn.covers else said(turn))
    ]
    return counter.count(messages) if messages else 0
