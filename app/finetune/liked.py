"""Answers that people found helpful: which an admin may approve for training, and what can be learned from them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row, case, delete, func, insert, select

from app.access import Caller
from app.conversations import Conversations, Said
from app.finetune.assembly import Case
from app.finetune.citing import refusing, renumbered
from app.finetune.permission import Permission
from app.tables import conversations, feedback, messages, slack_questions, training_turns
from retrieval.errors import Missing, Unusable
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading, writing
from retrieval.prompt import REFUSAL
from retrieval.rewrite import Turn

_STATUSES = ("answered", "refused")
REASONS = {
    "source": "a source of it may not be learned from",
    "slack": "it was said in Slack, which may not be learned from",
    "audience": "not everybody who will talk to the model may read its sources",
    "removed": "a source of it was removed",
    "form": "it is no answer with sources",
}


@dataclass(frozen=True, slots=True)
class LikedTurn:
    """A question with its answer, CONVERSATION:NUMBER. `against` says what keeps it out of training, if anything."""

    answer_id: str
    question: str
    answer: str
    approved: bool
    against: str
    turns: tuple[Turn, ...] = ()
    chunks: tuple[tuple[int, str], ...] = ()  # number and chunk of each citation
    uris: tuple[str, ...] = ()

    @property
    def case(self) -> Case:
        """What a model is to learn from it."""
        refused = self.answer.startswith(REFUSAL)
        cite = refusing if refused else renumbered(self.answer, dict(self.chunks))
        return Case(self.question, "liked", cite, self.uris, self.turns, form="liked")


def liked(engine: Engine, allowed: Permission) -> list[LikedTurn]:
    """All answers with more good verdicts than bad ones, by id; words of removed sources are in none of them."""
    return sorted(one_by_one(engine, allowed), key=lambda turn: turn.answer_id)


def one_by_one(engine: Engine, allowed: Permission, among: Collection[str] = ()) -> Iterator[LikedTurn]:
    """The same as they are read: those that nobody approved first, the newest verdict first. `among`: these only."""
    points = func.sum(case((feedback.c.verdict == "good", 1), else_=-1))
    query = select(feedback.c.answer).group_by(feedback.c.answer).having(points > 0)
    query = query.order_by(func.max(feedback.c.at).desc(), feedback.c.answer)
    if among:
        query = query.where(feedback.c.answer.in_(among))
    with reading(engine) as connection:
        ids = list(connection.execute(query).scalars())
        approved = set(connection.execute(select(training_turns.c.answer)).scalars())
    for answer in sorted(ids, key=approved.__contains__):
        if turn := _turn(engine, answer, allowed, approved=answer in approved):
            yield turn


def approve(engine: Engine, answers: Iterable[str], allowed: Permission, *, approved: bool = True) -> int:
    """Let models learn from these answers, or no more; returns how many there are now.

    Raises:
        Missing: nobody found an answer of this id helpful.
        Unusable: something keeps one out of training; nothing is approved then.
    """
    wanted = list(dict.fromkeys(answers))
    known = {turn.answer_id: turn for turn in (one_by_one(engine, allowed, wanted) if wanted else ())}
    for answer in wanted:
        if answer not in known:
            raise Missing(f"There is no answer {answer!r} that somebody found helpful. See them with: "
                          "frontdesk finetune liked")  # fmt: skip
        if approved and known[answer].against:
            raise Unusable(f"The answer {answer} cannot be learned from: {known[answer].against}")
    now = datetime.now(UTC)
    with writing(engine) as connection:
        connection.execute(delete(training_turns).where(training_turns.c.answer.in_(wanted)))
        if approved and wanted:
            connection.execute(insert(training_turns), [{"answer": answer, "at": now} for answer in wanted])
        return int(connection.execute(select(func.count()).select_from(training_turns)).scalar_one())


def cases(engine: Engine, allowed: Permission) -> Iterator[Case]:
    """Those that are approved, and may still be learned from."""
    return (turn.case for turn in liked(engine, allowed) if turn.approved and not turn.against)


def _turn(engine: Engine, answer: str, allowed: Permission, *, approved: bool) -> LikedTurn | None:
    conversation, _, number = answer.rpartition(":")
    with reading(engine) as connection:
        talk = connection.execute(select(conversations).where(conversations.c.id == conversation)).first()
        query = select(messages).where(messages.c.conversation == conversation).order_by(messages.c.number)
        rows = connection.execute(query).all()
        asked_in = select(slack_questions.c.team).where(slack_questions.c.conversation == conversation)
        teams = set(connection.execute(asked_in).scalars())
    last = next((place for place, row in enumerate(rows) if str(row.number) == number), 0)
    if talk is None or not last or rows[last - 1].role != "user":
        return None
    owner = Caller(talk.owner, allowed.scope.audiences, place=talk.place)
    said = Conversations(engine).transcript(owner, conversation)[: last + 1]
    rows = rows[: last + 1]
    text = REFUSAL if said[-1].status == "refused" else said[-1].text
    citations = tuple((one["number"], one["chunk"]) for one in rows[-1].citations)
    uris = _documents(engine, rows, allowed)
    places = {row.place for row in rows} | {f"slack:{team}/" for team in teams}
    against = _against(rows, said, allowed, uris) or (
        "" if all(map(allowed.allows_place, places)) else REASONS["slack"]
    )
    turns = tuple(_turns(said[:-2]))
    return LikedTurn(answer, said[-2].text, text, approved, against, turns, citations, tuple(sorted(uris)))


def _documents(engine: Engine, rows: Sequence[Row[Any]], allowed: Permission) -> set[str]:
    """Documents that these messages rest on; an empty name stands for one that is gone or closed."""
    chunks = {chunk for row in rows if row.status != "refused" for part in row.parts for chunk in part["chunks"]}
    chunks |= {one["chunk"] for row in rows for one in row.citations}
    known = lookup.quoted(engine, chunks, allowed.scope) if chunks else {}
    return {known[chunk].uri if chunk in known else "" for chunk in chunks}


def _against(rows: Sequence[Row[Any]], said: Sequence[Said], allowed: Permission, uris: set[str]) -> str:
    if said[-1].status not in _STATUSES:
        return REASONS["form"]
    if not all(audience in allowed.scope for row in rows for audience in row.audiences):
        return REASONS["audience"]
    if "" in uris or not all(one.whole for one in said if one.status != "refused"):
        return REASONS["removed"]
    return "" if allowed.allows(uris) else REASONS["source"]


def _turns(said: Sequence[Said]) -> Iterator[Turn]:
    question = ""
    for one in said:
        if one.role == "user":
            question = one.text
        elif question and one.status in _STATUSES:
            yield Turn(question, REFUSAL if one.status == "refused" else one.text)
            question = ""
