"""Who waits for a language model: so many at once, the next ones in line with a place, and no more than may wait."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from retrieval.errors import ModelBusy

_TELL_AGAIN = 1.0  # seconds, so that whoever goes away while waiting is noticed
_FIRST_GUESS = 10.0  # seconds that an answer takes, as long as none was seen
_WEIGHT = 0.3  # of the last answer in that guess


class Line:
    """First come, first served. `clock` counts seconds."""

    def __init__(self, at_once: int, longest: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.at_once, self.longest = at_once, longest
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._served = 0
        self._takes = _FIRST_GUESS

    @contextmanager
    def turn(self) -> Iterator[Iterator[int]]:
        """Stand in line; the iterator says how many are before us, again and again, and ends when it is our turn.

        Raises:
            ModelBusy: as many wait as may.
        """
        ticket = self._joined()
        begun: list[float] = []
        try:
            yield self._places(ticket, begun)
        finally:
            self._leave(ticket, begun)

    @contextmanager
    def at_once_or_never(self) -> Iterator[bool]:
        """A turn if it is ours without waiting."""
        with self._changed:
            free = not self._waiting and self._served < self.at_once
            self._served += free
        try:
            yield free
        finally:
            with self._changed:
                self._served -= free
                self._changed.notify_all()

    def _joined(self) -> object:
        ticket = object()
        with self._changed:
            if self._served + len(self._waiting) >= self.at_once + self.longest:
                raise self._busy()
            self._waiting.append(ticket)
        return ticket

    def _places(self, ticket: object, begun: list[float]) -> Iterator[int]:
        while True:
            with self._changed:
                if self._is_next(ticket):
                    self._waiting.remove(ticket)
                    self._served += 1
                    begun.append(self._clock())
                    self._changed.notify_all()
                    return
                before = self._waiting.index(ticket) + self._served
            yield before
            with self._changed:
                if not self._is_next(ticket):
                    self._changed.wait(_TELL_AGAIN)

    def _is_next(self, ticket: object) -> bool:
        return self._served < self.at_once and self._waiting[0] is ticket

    def _leave(self, ticket: object, begun: list[float]) -> None:
        with self._changed:
            if begun:
                self._served -= 1
                took = self._clock() - begun[0]
                self._takes += _WEIGHT * (took - self._takes)
            elif ticket in self._waiting:
                self._waiting.remove(ticket)
            self._changed.notify_all()

    def _busy(self) -> ModelBusy:
        seconds = self._takes * (len(self._waiting) + 1) / self.at_once
        at = datetime.now(UTC) + timedelta(seconds=seconds + 60)  # the minute that we name has begun by then
        return ModelBusy(len(self._waiting), f"{at:%H:%M}", max(1, round(seconds / 60)))
