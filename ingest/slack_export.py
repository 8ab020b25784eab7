"""The Slack export source: a ZIP as Slack writes it. It is read in place, never extracted.

A thread is a document; a message without replies is a thread of one. What is listed of a thread is where its messages
stand; they are read again when the thread is loaded. Tokens are never kept.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from ingest.slack_archive import LISTS, Area, SlackArchive
from ingest.slack_canvases import canvases_in, read_canvas
from ingest.slack_channels import NOT_IN_IDS, Channel, channels_in
from ingest.slack_document import packed, read_thread
from ingest.slack_messages import timestamp
from ingest.slack_people import people_in, team_of
from ingest.slack_threads import Days, listing_of, messages_at
from ingest.source import Item, Unlisted
from retrieval.access import ADMINS, Audience
from retrieval.chunk import digest
from retrieval.errors import Unreadable, Unusable

_USERS = ("users.json", "org_users.json")
_ALL_CANVASES = "canvases"
_OF_MESSAGE = re.compile(r"\d{10}\.\d{6}")


@dataclass(frozen=True, slots=True)
class Accounting:
    """Where the messages of an export went: kept and skipped ones add up to all. Broken files are counted as files."""

    messages: int
    kept: int
    skipped: Mapping[str, int]
    broken_files: int
    canvases: int
    canvases_without_text: int
    members_without_address: int

    def sentences(self) -> Iterator[str]:
        """For a person."""
        why = ", ".join(f"{kind} {count}" for kind, count in self.skipped.items())
        skipped = f"{sum(self.skipped.values()):,} skipped" + (f" ({why})" if why else "")
        noun = "message" if self.messages == 1 else "messages"
        yield f"{self.messages:,} {noun} in the export: {self.kept:,} kept, {skipped}"
        if self.canvases_without_text:
            yield f"{self.canvases_without_text} of {self.canvases} canvases hold no text"
        if self.members_without_address:
            yield (
                f"{self.members_without_address} members of closed conversations have no usable e-mail address in the "
                "export and cannot read them here"
            )


class SlackExport:
    """One export archive."""

    kind = "slack-export"

    def __init__(self, path: Path, default_audience: str) -> None:
        self._default = Audience(default_audience)
        self._zip = SlackArchive(path)
        areas = self._zip.areas
        users = [user for area in areas for file in _USERS for user in self._list(area, file)]
        users = [user for user in users if isinstance(user.get("id"), str)]
        known = team_of(users, organisation=len(areas) > 1)
        self._team = NOT_IN_IDS.sub("-", known or path.stem)
        self._people = people_in(users, known if len(areas) == 1 else "")
        records = [(area, {file: self._list(area, file) for file in LISTS}) for area in areas]
        self._channels = channels_in(records)
        names = {channel.id: channel.name for channel in self._channels if channel.public}
        self._days = Days(self._zip, {**names, **self._people.names})
        self._start_over()

    @property
    def location(self) -> str:
        """The workspace: a newer export of the same one updates the same source."""
        return f"slack:{self._team}"

    @property
    def name(self) -> str:
        """`slack-` and the workspace's id, or the file's name where the export does not tell it."""
        return f"slack-{self._team}"

    def items(self) -> Iterator[Item | Unlisted]:
        """One item a thread, channel by channel, in an order in which few day files are read twice."""
        self._start_over()
        for channel in self._channels:
            audience = channel.audience(self._team, self._default)
            for name in channel.canvases:
                yield from self._canvases(name, channel.id, audience)
            yield from self._threads(channel, audience)
        for area in self._zip.areas:
            if "" in area.canvases:
                yield from self._canvases(area.canvases[""], _ALL_CANVASES, Audience(ADMINS))

    def covers(self, path: str) -> bool:
        """An export speaks for the channels it could read, between the first and the last message of the whole export.

        Of files that could not be read it speaks wherever it has that channel.
        """
        channel, _, root = path.partition("/")
        if not _OF_MESSAGE.fullmatch(root):
            return channel in self._looked_at
        first, last = timestamp(self._first), timestamp(self._last)
        return channel in self._whole and first <= root <= last

    def members(self) -> Mapping[str, Iterable[str]]:
        """E-mail addresses of private channels' members, as the export has them. Without an address: no member."""
        addresses = self._people.addresses
        return {
            channel.audience(self._team, self._default).id: [
                addresses[member] for member in channel.members if member in addresses
            ]
            for channel in self._closed()
            if channel.members is not None
        }

    def accounting(self) -> Accounting:
        """Of what `items` has gone through so far."""
        members = set(chain.from_iterable(channel.members or () for channel in self._closed()))
        unknown = members - self._people.addresses.keys()
        skipped = +self._skipped
        return Accounting(
            self._rows, self._kept, dict(sorted(skipped.items())), self._broken, *self._canvas_counts, len(unknown)
        )

    def remarks(self) -> Iterable[str]:
        """Where the messages went."""
        return self.accounting().sentences()

    def _start_over(self) -> None:
        self._rows = self._kept = self._broken = self._first = self._last = 0
        self._skipped: Counter[str] = Counter()
        self._canvas_counts = (0, 0)
        self._whole: set[str] = set()
        self._looked_at: set[str] = set()

    def _closed(self) -> Iterator[Channel]:
        return (channel for channel in self._channels if not channel.public)

    def _list(self, area: Area, file: str) -> list[dict[str, Any]]:
        if file not in area.lists:
            return []
        try:
            return [record for record in self._zip.rows(area.lists[file]) if isinstance(record, dict)]
        except Unreadable as exc:
            raise Unusable(f"The export's {file} cannot be read: {exc}") from exc

    def _threads(self, channel: Channel, audience: Audience) -> Iterator[Item | Unlisted]:
        listing = listing_of(self._days, channel.days)
        self._rows += listing.rows
        self._skipped += listing.skipped
        if channel.days:
            self._looked_at.add(channel.id)
            if not listing.broken:
                self._whole.add(channel.id)
        if listing.span:
            first, last = listing.span
            self._first, self._last = min(self._first or first, first), max(self._last, last)
        yield from self._broken_files(channel.id, listing.broken)
        load = partial(self._load, channel)
        for thread in listing.threads():
            self._kept += thread.length
            path = f"{channel.id}/{timestamp(thread.root)}"
            stamp = digest(f"{channel.name}\0{thread.digest}")[:32]
            yield Item(path, stamp, audience, partial(load, thread.places), read_thread)

    def _broken_files(self, folder: str, broken: Mapping[str, str]) -> Iterator[Unlisted]:
        self._broken += len(broken)
        for name, reason in broken.items():
            yield Unlisted(f"{folder}/{PurePosixPath(name).name}", reason)

    def _canvases(self, name: str, folder: str, audience: Audience) -> Iterator[Item | Unlisted]:
        found: dict[str, bytes] = {}
        silent = 0
        try:
            for of_canvas, data in canvases_in(self._zip, name, self._people.names):
                found.update({of_canvas: data} if data else {})
                silent += not data
        except Unreadable as exc:
            yield from self._broken_files(folder, {name: str(exc)})
        for of_canvas, data in found.items():
            yield Item(f"{folder}/{of_canvas}", digest(data), audience, partial(bytes, data), read_canvas)
        listed, without = self._canvas_counts
        self._canvas_counts = (listed + len(found), without + silent)
        self._looked_at.add(folder)

    def _load(self, channel: Channel, places: bytes) -> bytes:
        return packed(self._team, channel.id, channel.name, messages_at(self._days, channel.days, places))
