"""A fuse before something that may fail: after some failures in a row it is not tried for a while."""

import threading
import time
from collections.abc import Callable

_FAILURES = 3
_REST = 30.0  # seconds


class Breaker:
    """Counts failures in a row. After the rest one try is let through; if that fails too, the rest begins anew."""

    def __init__(
        self, failures: int = _FAILURES, rest: float = _REST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._rest, self._clock = failures, rest, clock
        self._failures = 0
        self._until = 0.0
        self._lock = threading.Lock()

    def lets_through(self) -> bool:
        """Whether it may be tried now."""
        with self._lock:
            now = self._clock()
            if self._failures < self._most:
                return True
            if now < self._until:
                return False
            self._until = now + self._rest  # this try; others wait for how it ends
            return True

    @property
    def has_tripped(self) -> bool:
        """Whether it failed too often and has not worked since: what can do without is not tried."""
        with self._lock:
            return self._failures >= self._most

    def succeeded(self) -> None:
        """It works."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """It failed once more."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._until = self._clock() + self._rest
