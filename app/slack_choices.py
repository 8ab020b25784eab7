"""What persons and channels in Slack chose: whose messages are not read in, where the bot answers unasked."""

from sqlalchemy import ColumnElement, Engine, Table, delete, insert, select

from app.slack_inbox import in_turn
from app.tables import slack_channels_open, slack_optouts
from retrieval.ledger.engine import reading, writing


def opt_out(engine: Engine, team: str, user: str) -> None:
    """This person's messages are not to be read in any more."""
    _put(engine, slack_optouts, team, user)


def opt_in(engine: Engine, team: str, user: str) -> None:
    """They may be again."""
    _drop(engine, slack_optouts, team, user)


def opted_out(engine: Engine, team: str) -> frozenset[str]:
    """The users whose messages are not read in."""
    return _listed(engine, slack_optouts, team)


def open_channel(engine: Engine, team: str, channel: str) -> None:
    """Let the bot answer in this channel without being mentioned."""
    _put(engine, slack_channels_open, team, channel)


def close_channel(engine: Engine, team: str, channel: str) -> None:
    """Let it answer there only when it is mentioned."""
    _drop(engine, slack_channels_open, team, channel)


def open_channels(engine: Engine, team: str) -> frozenset[str]:
    """The channels where the bot answers without being mentioned."""
    return _listed(engine, slack_channels_open, team)


def _put(engine: Engine, table: Table, team: str, name: str) -> None:
    with in_turn(engine) as connection:
        connection.execute(delete(table).where(_is(table, team, name)))
        connection.execute(insert(table).values((team, name)))


def _drop(engine: Engine, table: Table, team: str, name: str) -> None:
    with writing(engine) as connection:
        connection.execute(delete(table).where(_is(table, team, name)))


def _listed(engine: Engine, table: Table, team: str) -> frozenset[str]:
    _, name = table.columns
    with reading(engine) as connection:
        return frozenset(connection.execute(select(name).where(table.c.team == team)).scalars())


def _is(table: Table, team: str, name: str) -> ColumnElement[bool]:
    return (table.c.team == team) & (table.columns.values()[1] == name)
