"""The threads of one channel, listed without keeping them: where each message stands and a digest of it.

Memory holds 36 bytes a message of the channel, one day's messages while they are gone through, and the last days.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from ingest.slack_archive import SlackArchive
from ingest.slack_messages import Message, Skipped, message_in
from retrieval.errors import Unreadable

_KEPT = 32 * 2**20  # characters of messages of the days that are kept
_OF_MESSAGE = 300  # what a message takes beside its text
_PLACE = np.dtype([("day", np.int32), ("at", np.int32)])
_ROW = np.dtype([("root", np.int64), ("ts", np.int64), ("edited", np.int64), ("digest", np.int64), ("place", _PLACE)])


@dataclass(frozen=True, slots=True)
class Day:
    """What one day file holds."""

    messages: tuple[Message, ...]
    skipped: Counter[str]
    deleted: tuple[int, ...]
    rows: int

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return sum(len(message.text) + _OF_MESSAGE for message in self.messages)


class Days:
    """Day files by their names; the last ones that were asked for are kept."""

    def __init__(self, archive: SlackArchive, names: Mapping[str, str]) -> None:
        self._archive = archive
        self._names = names
        self._kept: OrderedDict[str, Day] = OrderedDict()
        self._size = 0

    def __getitem__(self, name: str) -> Day:
        """One day.

        Raises:
            Unreadable: the file is broken.
        """
        if name not in self._kept:
            self._kept[name] = self._read(name)
            self._size += self._kept[name].size
            while self._size > _KEPT and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1].size
        self._kept.move_to_end(name)
        return self._kept[name]

    def _read(self, name: str) -> Day:
        found = [message_in(row, self._names) for row in self._archive.rows(name)]
        skipped = [one for one in found if isinstance(one, Skipped)]
        return Day(
            tuple(one for one in found if isinstance(one, Message)),
            Counter(one.kind for one in skipped),
            tuple(one.deletes for one in skipped if one.deletes),
            len(found),
        )


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread: the time of its first message, where its messages stand, and a digest that changes with them."""

    root: int
    places: bytes
    digest: str

    @property
    def length(self) -> int:
        """How many messages it has."""
        return len(self.places) // _PLACE.itemsize


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands in one channel's days: rows that count, why others do not, and broken files with the reason."""

    found: NDArray[np.void]
    rows: int
    skipped: Counter[str]
    broken: Mapping[str, str]

    @property
    def span(self) -> tuple[int, int] | None:
        """Times of the first and the last message."""
        times = self.found["ts"]
        return (int(times.min()), int(times.max())) if times.size else None

    def threads(self) -> Iterator[Thread]:
        """By the time of their first message, which comes first whatever its replies' times are."""
        begins = np.flatnonzero(np.diff(self.found["root"], prepend=-1))
        for start, end in zip(begins, np.append(begins, self.found.size)[1:], strict=True):
            rows = self.found[start:end]
            stamp = blake2b(rows["ts"].tobytes() + rows["digest"].tobytes(), digest_size=16).hexdigest()
            yield Thread(int(rows["root"][0]), rows["place"].tobytes(), stamp)


def listing_of(days: Days, names: Sequence[str]) -> Listing:
    """Go through the days of one channel.

    Of several messages of one time the one that was edited last counts. A deleted message is not there.
    """
    parts, deleted, broken = [np.empty(0, _ROW)], [0], {}
    skipped: Counter[str] = Counter()
    rows = 0
    for number, name in enumerate(names):
        try:
            day = days[name]
        except Unreadable as exc:
            broken[name] = str(exc)
            continue
        rows += day.rows
        skipped += day.skipped
        deleted += day.deleted
        parts.append(_rows(day, number))
    found = _counting(np.concatenate(parts), deleted, skipped)
    return Listing(found, rows, skipped, broken)


def messages_at(days: Days, names: Sequence[str], places: bytes) -> list[Message]:
    """The messages that stand there."""
    return [days[names[day]].messages[at] for day, at in np.frombuffer(places, _PLACE).tolist()]


def _rows(day: Day, number: int) -> NDArray[np.void]:
    rows = [
        (message.root, message.ts, message.edited, _digest(message), (number, at))
        for at, message in enumerate(day.messages)
    ]
    return np.array(rows, _ROW)


def _digest(message: Message) -> int:
    made = blake2b(f"{message.author}\0{message.text}".encode(), digest_size=8).digest()
    return int.from_bytes(made, "big", signed=True)


def _counting(rows: NDArray[np.void], deleted: Iterable[int], skipped: Counter[str]) -> NDArray[np.void]:
    """The rows that count, by thread and time."""
    rows = rows[np.lexsort((rows["edited"], rows["ts"]))]
    is_last = np.diff(rows["ts"], append=-1) != 0
    same = np.diff(rows["digest"], append=0) == 0
    skipped["duplicate"] += int(np.sum(~is_last & same))
    skipped["older revision"] += int(np.sum(~is_last & ~same))
    rows = rows[is_last]
    is_gone = np.isin(rows["ts"], np.fromiter(deleted, np.int64))
    skipped["deleted"] += int(np.sum(is_gone))
    rows = rows[~is_gone]
    return rows[np.lexsort((rows["ts"], rows["ts"] != rows["root"], rows["root"]))]
