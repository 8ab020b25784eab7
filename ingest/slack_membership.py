"""The channels that the app is in, and who may read each: a closed one its members now, an open one everybody.

What is closed is closed before anything else is read. A channel that the app was removed from is kept a while.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Engine

from ingest.patterns import Patterns
from ingest.slack_channels import NOT_IN_IDS, Channel
from ingest.slack_client import Json, SlackClient
from ingest.slack_directory import Directory
from ingest.slack_people import dict_at
from ingest.slack_state import ChannelState, SlackState
from retrieval.access import Audience
from retrieval.errors import SlackRefused
from retrieval.ledger import runs

GRACE = timedelta(days=7)
_KINDS = "public_channel,private_channel"


@dataclass(frozen=True, slots=True)
class Rooms:
    """Channels to read, channels that are kept without reading, and those whose time is over."""

    open: tuple[Channel, ...]
    paused: tuple[ChannelState, ...]
    gone: tuple[str, ...]


class Membership:
    """Who may read what of one workspace. Channels whose name the patterns do not allow are not read."""

    def __init__(
        self, engine: Engine, client: SlackClient, state: SlackState, default: str, patterns: Patterns
    ) -> None:
        self._engine = engine
        self._client = client
        self._state = state
        self._default = Audience(default)
        self._patterns = patterns

    def audience(self, channel: Channel) -> Audience:
        """Who may read it."""
        return channel.audience(self._state.team, self._default)

    def refreshed(self, directory: Directory, now: datetime) -> Rooms:
        """The channels as they are now. First what is private now is closed, then members are asked for."""
        known = self._state.channels()
        records = {str(record["id"]): record for record in self._listed()}
        for channel, record in records.items():
            if record.get("is_private") and channel in known and not self.is_closed(known[channel]):
                self.close(channel)
        found = [self._channel(record) for record in records.values()]
        for one in found:
            self._put(one, known.get(one.id))
        away = [one for one in known.values() if one.channel not in records]
        over = [one for one in away if self._is_over(one, now)]
        paused = [self._paused(one, now) for one in away if one not in over]
        self.set_members(directory)
        return Rooms(tuple(found), tuple(paused), tuple(one.channel for one in over))

    def is_closed(self, channel: ChannelState) -> bool:
        """Whether only its members may read it."""
        return channel.audience == self._closed(channel.channel).id

    def close(self, channel: str) -> None:
        """Let nobody read a channel, from the next question on, until its members are known."""
        audience = self._closed(channel)
        runs.set_members(self._engine, {audience.id: []})
        self._state.change_channel(channel, audience=audience.id, members=[])
        self._state.move(channel, audience)

    def looked_at(self, channel: str) -> Channel | None:
        """One channel as it is now, noted; None where the app is not in it."""
        try:
            record = self._client.call("conversations.info", channel=channel).get("channel") or {}
        except SlackRefused:
            return None
        if not (record.get("is_member") and self._is_wanted(record)):
            return None
        before = self._state.channels().get(channel)
        if before and record.get("is_private") and not self.is_closed(before):
            self.close(channel)
        found = self._channel(record)
        self._put(found, before)
        return found

    def leave(self, channel: str, now: datetime) -> None:
        """The app is in this channel no more: nothing is read, a closed one is read by nobody, all is kept a while."""
        known = self._state.channels().get(channel)
        if known:
            self._paused(known, now)

    def set_members(self, directory: Directory) -> None:
        """Let those read closed channels who are their members and have an address here."""
        runs.set_members(self._engine, self.members(directory))

    def members(self, directory: Directory) -> dict[str, list[str]]:
        """The addresses of each closed channel's members."""
        closed = [one for one in self._state.channels().values() if self.is_closed(one)]
        return {one.audience: directory.addresses(one.members) for one in closed}

    def _closed(self, channel: str) -> Audience:
        return Audience(f"slack:{self._state.team}/{channel}")

    def _listed(self) -> Iterable[Json]:
        records = self._client.listed("users.conversations", "channels", types=_KINDS)
        return (record for record in records if self._is_wanted(record))

    def _is_wanted(self, record: Json) -> bool:
        is_channel = not (record.get("is_im") or record.get("is_mpim") or NOT_IN_IDS.search(str(record["id"])))
        return is_channel and self._patterns.allow(str(record.get("name") or record["id"]))

    def _channel(self, record: Json) -> Channel:
        of_channel, name = str(record["id"]), str(record.get("name") or record["id"])
        canvas = dict_at(dict_at(record, "properties"), "canvas")
        canvases = (str(canvas["file_id"]),) if canvas.get("file_id") and not canvas.get("is_empty") else ()
        if not record.get("is_private"):
            return Channel(of_channel, name, public=True, members=(), canvases=canvases)
        try:
            members = self._client.listed("conversations.members", "members", channel=of_channel)
        except SlackRefused:
            members = []  # nobody reads what nobody is known to be in
        return Channel(of_channel, name, public=False, members=tuple(map(str, members)), canvases=canvases)

    def _put(self, channel: Channel, before: ChannelState | None) -> None:
        audience, members = self.audience(channel), channel.members or ()
        now = before or ChannelState(channel.id, channel.name, audience.id)
        if before and before.name != channel.name:  # each thread's title has it
            self._state.begin_again(channel.id)
            now = replace(now, newest="", oldest="", is_whole=False, compared_at=None)
        self._state.put_channel(replace(now, name=channel.name, audience=audience.id, members=members, left_at=None))
        if before and before.audience != audience.id:
            self._state.move(channel.id, audience)

    def _is_over(self, channel: ChannelState, now: datetime) -> bool:
        is_old = channel.left_at is not None and now - channel.left_at > GRACE
        return is_old or not self._patterns.allow(channel.name)

    def _paused(self, channel: ChannelState, now: datetime) -> ChannelState:
        left_at = channel.left_at or now
        self._state.change_channel(channel.channel, left_at=left_at)
        if not self._is_open(channel):
            self.close(channel.channel)
        return replace(channel, left_at=left_at)

    def _is_open(self, channel: ChannelState) -> bool:
        """Whether everybody may still read it in Slack."""
        if self.is_closed(channel):
            return False
        try:
            record = self._client.call("conversations.info", channel=channel.channel).get("channel") or {}
        except SlackRefused:
            return False
        return not record.get("is_private")
