"""How often each of Slack's methods may be called: never more than its tier allows in any minute."""

import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable

_MINUTE = 60.0
# docs.slack.dev/apis/web-api/rate-limits; a method that is not named has the lowest of these.
_PER_MINUTE = {
    "auth.test": 100,
    "conversations.history": 50,
    "conversations.info": 50,
    "conversations.members": 100,
    "conversations.replies": 50,
    "files.info": 100,
    "users.conversations": 50,
}
_OTHERS = 20


class Pace:
    """Lets calls through in time; one thread at a time. `now` and `sleep` count seconds.

    Unlimited, it only waits where Slack says so.
    """

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        *,
        unlimited: bool = False,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._unlimited = unlimited
        self._allowed = dict(_PER_MINUTE)
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)
        self._held: dict[str, float] = {}

    def wait(self, method: str) -> None:
        """Return when the method may be called, and count that call."""
        calls = self._calls[method]
        free = max(self._held.get(method, 0.0), self._free_again(method, calls))
        while (left := free - self._now()) > 0:
            self._sleep(left)
        calls.append(self._now())

    def hold(self, method: str, seconds: float) -> None:
        """Do not call the method for so long; the others go on."""
        self._held[method] = self._now() + seconds

    def restrict(self, methods: Iterable[str], per_minute: int) -> None:
        """From now on these may be called only so often."""
        self._unlimited = False
        self._allowed |= dict.fromkeys(methods, per_minute)

    def _free_again(self, method: str, calls: deque[float]) -> float:
        while calls and calls[0] <= self._now() - _MINUTE:
            calls.popleft()
        allowed = self._allowed.get(method, _OTHERS)
        return calls[-allowed] + _MINUTE if len(calls) >= allowed and not self._unlimited else 0.0
