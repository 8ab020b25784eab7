"""What was asked and could not be answered: groups of like questions, once three people asked, without names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, select

from app import people
from app.access import Action, Caller, authorize
from app.admin.masking import masked
from app.tables import conversations, messages
from retrieval.embedder import Embedder, Vectors
from retrieval.ledger.engine import reading
from retrieval.prompt import SOURCE_REMOVED

ASKERS = 3  # fewer could be told who they are
_LIKE = 0.7  # cosine to the group's first question
_DAYS, _MOST = 90, 2000


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that was refused, and whose it was."""

    text: str
    asker: str


@dataclass(frozen=True, slots=True)
class Group:
    """Like questions: the most typical one, masked; how many times and by how many people it was asked."""

    question: str
    times: int
    askers: int


def unanswered(engine: Engine, embedder: Embedder, caller: Caller) -> list[Group]:
    """The groups of the last 90 days, the most asked first."""
    authorize(caller, Action.MANAGE)
    refused = _refused(engine)
    if not refused:
        return []
    vectors = embedder.passages([one.text for one in refused])  # of one kind: they are compared with each other only
    names = people.names(engine).values()
    found = []
    for members in groups(vectors):
        askers = len({refused[place].asker for place in members})
        if askers >= ASKERS:
            typical = refused[_typical(vectors, members)].text
            found.append(Group(masked(typical, names), len(members), askers))
    return sorted(found, key=lambda one: (-one.askers, -one.times, one.question))


def groups(vectors: Vectors) -> list[list[int]]:
    """Rows (n, dim) of length 1 by likeness: each joins the likest group whose first row is like it, or begins one."""
    firsts: list[int] = []
    found: list[list[int]] = []
    for place, vector in enumerate(vectors):
        cosines = vectors[firsts] @ vector
        if firsts and cosines.max() >= _LIKE:
            found[int(cosines.argmax())].append(place)
        else:
            firsts.append(place)
            found.append([place])
    return found


def _typical(vectors: Vectors, members: Sequence[int]) -> int:
    """The member that is likest to all of its group."""
    rows = vectors[list(members)]
    return members[int((rows @ rows.sum(axis=0)).argmax())]


def _refused(engine: Engine) -> list[Refused]:
    """The newest first. Somebody without identity counts as one and the same."""
    asked = messages.alias("asked")
    before = (asked.c.conversation == messages.c.conversation) & (asked.c.number == messages.c.number - 1)
    query = (
        select(asked.c.parts, conversations.c.owner)
        .join(asked, before)
        .join(conversations, conversations.c.id == messages.c.conversation)
        .where(messages.c.status == "refused", messages.c.created_at > datetime.now(UTC) - timedelta(days=_DAYS))
        .order_by(messages.c.created_at.desc())
        .limit(_MOST)
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    found = [Refused("".join(part["text"] for part in row.parts).strip(), row.owner) for row in rows]
    return [one for one in found if one.text and SOURCE_REMOVED not in one.text]
