"""What an answer in Slack may be built from: what everybody who will see it may read. Unknown means no."""

from collections.abc import Iterable, Mapping
from functools import reduce

from sqlalchemy import Engine, select

from app.access import Caller
from app.identity.accounts import suspended
from app.people import country_of, normal
from app.slack_client import Asking, Reader
from retrieval.access import EVERYONE, Scope
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import audience_members

_BATCH = 500
Readings = Mapping[str, frozenset[str]]
"""The audiences of each e-mail address, without `everyone`. Who is not in it is in no audience."""


def scope_of(asking: Asking, readings: Readings) -> Scope:
    """What this answer may be built from. An empty scope sees nothing."""
    if asking.kind == "direct" or asking.ephemeral:
        return alone(asking.asker, asking.team, asking.channel, readings)
    channel = frozenset({audience_of(asking.team, asking.channel)})
    if asking.kind == "public":
        # Guests and strangers who read the channel, too, whoever asks.
        outside = [reader for reader in asking.readers or () if (reader.guest or reader.stranger) and not reader.bot]
        return Scope(channel if is_outsider(asking.asker) or outside else channel | {EVERYONE})
    if asking.readers is None or asking.asker.bot:
        return Scope(channel)
    # Who asks is there, whatever the list says.
    members = [reader for reader in (asking.asker, *asking.readers) if not reader.bot]
    return Scope(reduce(frozenset.intersection, (_readable(one, readings) for one in members)) | channel)


def alone(reader: Reader, team: str, channel: str, readings: Readings) -> Scope:
    """What somebody may read when nobody else sees the answer. A guest is in this channel and nowhere else."""
    if reader.guest and not (reader.stranger or reader.bot):
        return Scope(frozenset({audience_of(team, channel)}))
    return Scope(_readable(reader, readings))


def is_outsider(reader: Reader) -> bool:
    """Whether somebody is no full member of the company's own workspace."""
    return reader.guest or reader.stranger or reader.bot


def address_of(reader: Reader) -> str:
    """The e-mail address by which the company knows somebody; empty where there is none."""
    return "" if is_outsider(reader) else normal(reader.email)


def audience_of(team: str, channel: str) -> str:
    """The audience that a channel's messages have."""
    return f"slack:{team}/{channel}"


def place_of(asking: Asking) -> str:
    """Where a conversation in Slack goes on. What only one person sees is a conversation of its own."""
    return "" if asking.ephemeral else f"slack:{asking.team}/{asking.channel}/{asking.thread}"


def readings_of(engine: Engine, readers: Iterable[Reader]) -> Readings:
    """The audiences of these people, as the ledger has them now; who is suspended is in none."""
    known = {address_of(reader) for reader in readers} - {""}
    addresses = sorted(known - suspended(engine, known))
    found: dict[str, frozenset[str]] = {}
    with reading(engine) as connection:
        for start in range(0, len(addresses), _BATCH):
            members = audience_members.c.member.in_(addresses[start : start + _BATCH])
            for row in connection.execute(select(audience_members).where(members)):
                found[row.member] = found.get(row.member, frozenset()) | {row.audience}
    return found


def caller_of(engine: Engine, reader: Reader, scope: Scope, place: str = "") -> Caller:
    """Somebody in Slack as a caller who may read exactly this; who is suspended may read nothing."""
    email = address_of(reader)
    if email and suspended(engine, [email]):
        return Caller(place=place, outsider=True)
    country = (country_of(engine, email) or "") if email else ""
    is_outside = EVERYONE not in scope
    return Caller(email, scope.audiences - {EVERYONE}, country, place, outsider=is_outside)


def _readable(reader: Reader, readings: Readings) -> frozenset[str]:
    if is_outsider(reader):
        return frozenset()
    return readings.get(address_of(reader), frozenset()) | {EVERYONE}
