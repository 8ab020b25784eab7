"""One pass through a channel's history: what is new or has changed since the last one, or all of it.

The first pass goes back from the newest message and can be taken up where it was interrupted. Later ones go through
the days in which threads are active; once a day one goes through everything and compares.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ingest.slack_channels import Channel
from ingest.slack_conversation import Conversation, Keeping, latest_of, replies_of
from ingest.slack_messages import time_of, timestamp
from ingest.slack_state import ChannelState, ThreadState
from ingest.slack_thread_reader import ThreadReader
from ingest.source import Item, Listed, Mark
from retrieval.access import Audience

ACTIVE = timedelta(days=30)
_COMPARED_FOR = timedelta(hours=20)  # a nightly run compares, whenever in the night it begins
_SECOND = 10**6


@dataclass(slots=True)
class Differences:
    """Between the copy of a channel that was whole and Slack; each is mended."""

    missing: int = 0
    extra: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a history: between two times, without them; empty where it has no beginning or no end."""

    first: str
    last: str
    is_way_back: bool = False


@dataclass(slots=True)
class Pass:
    """Goes through one channel. `floor` is the time before which nothing is kept, if there is one."""

    threads: ThreadReader
    channel: Channel
    audience: Audience
    before: ChannelState
    now: datetime
    floor: str = ""
    failed: frozenset[str] = frozenset()
    differences: Differences = field(default_factory=Differences)
    _covered: list[tuple[str, str]] = field(default_factory=list)
    _unread: set[str] = field(default_factory=set)
    _met: set[str] = field(default_factory=set)
    _newest: str = ""
    _keeping: Keeping = field(init=False)

    @property
    def compares(self) -> bool:
        """Whether it goes through all of a channel that was whole."""
        last = self.before.compared_at
        return self.before.is_whole and (last is None or self.now - last > _COMPARED_FOR)

    def items(self) -> Iterator[Listed]:
        """Its threads with their files; marks where what was read so far is noted."""
        self._newest = self.before.newest
        for span in self._spans():
            whole = yield from self._span(span)
            if not whole:
                return
        if self.before.is_whole and not self.compares:
            yield from self._active_ones()
        compared = self.before.compared_at if self.before.is_whole and not self.compares else self.now
        end = partial(self.threads.state.change_channel, self.channel.id, oldest="", is_whole=True)
        yield Mark(partial(end, newest=self._newest, compared_at=compared))

    def covers(self, root: str, *, of_file: bool) -> bool:
        """Whether a thread with this first message would have been listed, or a file in it."""
        if of_file and root in self._unread:
            return False
        return (root < self.floor or root in self._met) or any(a < root < b for a, b in self._covered)

    @property
    def _window(self) -> str:
        return _as_ts(self.now - ACTIVE)

    def _spans(self) -> list[Span]:
        newest, oldest = self.before.newest, self.before.oldest
        if self.before.is_whole and not self.compares:
            return [Span(max(self.floor, min(newest, self._window)), "")]
        if self.before.is_whole or not oldest:
            return [Span(self.floor, "", is_way_back=not self.before.is_whole)]
        return [Span(max(self.floor, newest), ""), Span(self.floor, oldest, is_way_back=True)]

    def _span(self, span: Span) -> Generator[Listed, None, bool]:
        """Returns whether it was gone through to its end: a restricted app gets no further than a page."""
        client = self.threads.client
        end = above = span.last or _as_ts(self.now)
        for rows in client.history(self.channel.id, span.first, span.last):
            times = [timestamp(time_of(row["ts"])) for row in rows]
            self._newest = max(self._newest, *times)
            yield from self._page(rows, min(times), above, span)
            above = min(times)
            self._covered.append((above, end))
            if client.restricted:
                return False
        yield from self._tail(span.first, above)
        self._covered.append((span.first, end))
        return True

    def _page(self, rows: list[dict[str, Any]], low: str, high: str, span: Span) -> Iterator[Item | Mark]:
        state = self.threads.state
        known = state.threads(self.channel.id, low, high)
        firsts = {timestamp(time_of(row["ts"])): row for row in rows if row.get("thread_ts") in (None, row["ts"])}
        made: list[ThreadState] = []
        self._look()
        for root, row in firsts.items():
            yield from self._thread(row, root, known.get(root), made)
        is_gone = self._met.union(known.keys() - firsts.keys())  # met, with nothing in it to keep; or not met
        extra = [root for root in known if root in is_gone and low <= root < high]
        self._count_extra(len(extra))
        values = {"oldest": low, "newest": self._newest} if span.is_way_back else {}
        yield Mark(partial(self._note, made, extra, values))

    def _look(self) -> None:
        """What counts at this moment: while a run goes on, a channel may be closed and messages deleted."""
        self._keeping = self.threads.keeping(self.channel)
        self.audience = self.threads.state.audience(self.channel.id) or self.audience

    def _tail(self, first: str, low: str) -> Iterator[Mark]:
        """What is known before the first message that Slack has."""
        known = self.threads.state.threads(self.channel.id, first, low)
        extra = [root for root in known if first < root < low]
        self._count_extra(len(extra))
        if extra:
            yield Mark(partial(self._note, [], extra, {}))

    def _thread(
        self, row: Mapping[str, Any], root: str, known: ThreadState | None, made: list[ThreadState]
    ) -> Iterator[Item]:
        replies, latest = replies_of(row), latest_of(row, root)
        found: Conversation | None
        if not replies:
            found = self._keeping.conversation(self.channel, root, [row])
        elif known and (known.replies, known.latest) == (replies, latest) and not self._is_due(row, root, latest):
            self._unread.add(root)
            yield self.threads.unchanged(self.channel, self.audience, known)
            return
        else:
            found = self.threads.fetched(self.channel, root)
        if found is None:
            self._met.add(root)
            return
        # What the history says of it counts: replies that came since are seen next time.
        state = replace(found.state, replies=replies, latest=latest)
        self._compare(known, state)
        made += [state] if state != known else []
        yield from self.threads.items(self.channel, self.audience, found)

    def _is_due(self, row: Mapping[str, Any], root: str, latest: str) -> bool:
        """Edits of replies change nothing in the history, so active threads are read at times.

        What is left of a deleted first message does not say since when it is deleted.
        """
        is_active = self.compares and latest >= self._window
        return is_active or root in self.failed or row.get("subtype") == "tombstone"

    def _active_ones(self) -> Iterator[Item | Mark]:
        """Threads that began before the days that were gone through, and had replies in them."""
        state = self.threads.state
        first = max(self.floor, min(self.before.newest, self._window))
        for known in state.active_before(self.channel.id, self._window, first):
            self._look()
            found = self.threads.fetched(self.channel, known.root)
            self._met.add(known.root)
            if found is None:
                yield Mark(partial(self._note, [], [known.root], {}))
                continue
            yield from self.threads.items(self.channel, self.audience, found)
            yield Mark(partial(self._note, [found.state], [], {}))

    def _compare(self, known: ThreadState | None, now: ThreadState) -> None:
        if self.compares and now.root <= self.before.newest:
            self.differences.missing += known is None
            self.differences.changed += known is not None and known.stamp != now.stamp

    def _count_extra(self, count: int) -> None:
        if self.compares:
            self.differences.extra += count

    def _note(self, made: list[ThreadState], gone: list[str], values: Mapping[str, str]) -> None:
        self.threads.state.put_threads(self.channel.id, made, gone)
        if values:
            self.threads.state.change_channel(self.channel.id, **values)


def _as_ts(moment: datetime) -> str:
    since = moment - datetime.fromtimestamp(0, UTC)
    return timestamp(since.days * 86_400 * _SECOND + since.seconds * _SECOND + since.microseconds)
