"""How often a method may be called: a bucket of tokens for each workspace and method, refilled through the minute."""

import math

from tests.fake_slack.clock import Clock
from tests.fake_slack.method import Method
from tests.fake_slack.wire import JSON

POSTS_AT_ONCE = 5
RESTRICTED = ("conversations.history", "conversations.replies")


class Rates:
    """Off until a test switches it on."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._buckets: dict[tuple[str, ...], tuple[float, float]] = {}  # what is in it, and when that was so
        self.on = False

    def wait(self, team: str, method: Method, params: JSON, *, restricted: bool) -> int:
        """Whole seconds until the next call may come; 0 lets this one pass."""
        if restricted and method.name in RESTRICTED:
            return self._take((team, method.name), 1, 1)
        if not self.on:
            return 0
        if method.name == "chat.postMessage":
            return self._take((team, method.name, str(params.get("channel"))), 60, POSTS_AT_ONCE)
        return self._take((team, method.name), method.per_minute, method.per_minute) if method.per_minute else 0

    def _take(self, key: tuple[str, ...], per_minute: int, room: int) -> int:
        now = self._clock.now()
        left, since = self._buckets.get(key, (float(room), now))
        left = min(float(room), left + (now - since) * per_minute / 60)
        if left >= 1:
            self._buckets[key] = (left - 1, now)
            return 0
        self._buckets[key] = (left, now)
        return max(1, math.ceil((1 - left) * 60 / per_minute))
