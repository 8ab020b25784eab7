"""Helpful answers that wait for an admin before a model may learn from them: without names, as every employee reads.

What an admin may read beyond that is neither shown nor learned from here. For a model that only some people will talk
to there is `frontdesk finetune approve --audience`.
"""

from collections import Counter
from itertools import islice

from sqlalchemy import Engine

from app import people
from app.access import Action, Caller, authorize
from app.admin.masking import masked
from app.admin.rows import LikedRow, TrainingRow
from app.finetune.liked import LikedTurn, approve, one_by_one
from app.finetune.permission import Permission, permission
from app.identity import audit
from retrieval.access import EVERYONE, Scope

_LOOKED_AT, _MOST = 300, 50


def for_training(engine: Engine, caller: Caller) -> TrainingRow:
    """The newest that wait and that are approved; of the others, how many and why."""
    authorize(caller, Action.MANAGE)
    names = list(people.names(engine).values())
    waiting: list[LikedRow] = []
    approved: list[LikedRow] = []
    against: Counter[str] = Counter()
    for turn in islice(one_by_one(engine, _of_everyone(engine)), _LOOKED_AT):
        if turn.against:
            against[turn.against] += 1
        else:
            (approved if turn.approved else waiting).append(_row(turn, names))
    return TrainingRow(tuple(waiting[:_MOST]), tuple(approved[:_MOST]), dict(against))


def decide(engine: Engine, caller: Caller, answer: str, *, approved: bool) -> None:
    """Let models learn from an answer, or no more.

    Raises:
        Missing: nobody found such an answer helpful.
        Unusable: something keeps it out.
    """
    authorize(caller, Action.MANAGE)
    approve(engine, [answer], _of_everyone(engine), approved=approved)
    audit.note(engine, caller.email, "approved for training" if approved else "took out of training", answer)


def _of_everyone(engine: Engine) -> Permission:
    return permission(engine, Scope(frozenset([EVERYONE])))


def _row(turn: LikedTurn, names: list[str]) -> LikedRow:
    return LikedRow(turn.answer_id, masked(turn.question, names), masked(turn.answer, ()))
