"""Who is in the channels of Slack where conversations go on: whoever left one reads them on the web no more.

The bot tells it: with each question, when somebody comes or goes, and when it starts. Unknown means no.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from app.slack_client import Asking, Reader
from app.slack_inbox import in_turn
from app.slack_scope import address_of
from app.tables import conversations, slack_rooms
from retrieval.ledger.engine import reading, writing

_PREFIX = "slack:"
Known = Mapping[tuple[str, str], "Room"]


@dataclass(frozen=True, slots=True)
class Room:
    """A channel. An open one can be read by every employee, a direct one by whom it belongs to; both are `is_open`."""

    is_open: bool
    members: frozenset[str] = frozenset()


def room_of(readers: Iterable[Reader], *, is_open: bool) -> Room:
    """The room of these people; outsiders and bots have no address here."""
    members = frozenset() if is_open else frozenset(address_of(reader) for reader in readers) - {""}
    return Room(is_open=is_open, members=members)


def put(engine: Engine, team: str, channel: str, room: Room) -> None:
    """Note who is in a channel now."""
    if known(engine).get((team, channel)) == room:
        return
    row = {"team": team, "channel": channel, "is_open": room.is_open, "members": sorted(room.members)}
    with in_turn(engine) as connection:
        connection.execute(delete(slack_rooms).where(slack_rooms.c.team == team, slack_rooms.c.channel == channel))
        connection.execute(insert(slack_rooms).values(row))


def put_asked(engine: Engine, asking: Asking) -> None:
    """Note who is in the channel of a question; who asks is there, whatever the list says."""
    if not asking.ephemeral:
        readers = (asking.asker, *(asking.readers or ()))
        put(engine, asking.team, asking.channel, room_of(readers, is_open=asking.kind != "private"))


def known(engine: Engine) -> Known:
    """All rooms, by workspace and channel."""
    with reading(engine) as connection:
        rows = connection.execute(select(slack_rooms)).all()
    return {(row.team, row.channel): Room(is_open=row.is_open, members=frozenset(row.members)) for row in rows}


def channels(engine: Engine, team: str) -> list[str]:
    """The channels of a workspace in which a conversation goes on."""
    here = conversations.c.place.startswith(f"{_PREFIX}{team}/", autoescape=True)
    with reading(engine) as connection:
        places = connection.execute(select(conversations.c.place).where(here).distinct()).scalars()
        return sorted({place.split("/")[1] for place in places})


def forget(engine: Engine, team: str) -> None:
    """The app was removed: nobody tells any more who is where."""
    with writing(engine) as connection:
        connection.execute(delete(slack_rooms).where(slack_rooms.c.team == team))


def readers_at(place: str, rooms: Known) -> frozenset[str] | None:
    """The addresses of those who may read along at a place; None where it is up to whoever began the conversation."""
    if not place.startswith(_PREFIX):
        return None
    team, _, rest = place.removeprefix(_PREFIX).partition("/")
    room = rooms.get((team, rest.partition("/")[0]), Room(is_open=False))
    return None if room.is_open else room.members
