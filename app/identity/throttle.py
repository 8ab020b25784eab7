"""How often something may be done in a time: counted in this process's memory, by the kept library `limits`."""

import math
import time

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter, RateLimiter

from retrieval.errors import TooMany

_WINDOW = 15  # minutes
_TOGETHER = 10  # times what one person may ask
ATTEMPTS = 10  # at one account from one address; an attacker elsewhere does not lock its owner out that soon
_AT_ACCOUNT, _FROM_ADDRESS = 100, 50


class Throttle:
    """Counts sign-ins and questions of one server. `questions` is how many one person may ask in a minute; 0: any."""

    def __init__(self, questions: int = 0) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._attempts = FixedWindowRateLimiter(MemoryStorage())  # this kind can give an attempt back
        self._questions = questions

    def sign_in(self, account: str, address: str) -> None:
        """Count an attempt before anything is checked, so that many at once do not slip through.

        Raises:
            TooMany: after too many of them.
        """
        for item, who in _counted(account, address):
            self._hit(item, who, "There were too many attempts to sign in", self._attempts)

    def signed_in(self, account: str, address: str) -> None:
        """It was right: it counts nowhere, so that colleagues behind one address do not lock each other out.

        What was mistyped before at this account from this address counts no more either.
        """
        own, *others = _counted(account, address)
        self._attempts.clear(own[0], *own[1])
        for item, who in others:
            self._attempts.hit(item, *who, cost=-1)

    def ask(self, asker: str) -> None:
        """Count a question of this asker; without one, of all together only.

        Raises:
            TooMany: after too many of them.
        """
        if not self._questions:
            return
        if asker:
            own = RateLimitItemPerMinute(self._questions, 1, "ask")
            self._hit(own, (asker,), f"You have asked {self._questions} questions in a minute")
        everybody = RateLimitItemPerMinute(self._questions * _TOGETHER, 1, "ask-together")
        self._hit(everybody, (), "Too many questions come in at once")

    def _hit(self, item: RateLimitItem, who: tuple[str, ...], message: str, limiter: RateLimiter | None = None) -> None:
        limiter = limiter or self._limiter
        if not limiter.hit(item, *who):
            wait = limiter.get_window_stats(item, *who).reset_time - time.time()
            raise TooMany(message, max(1, math.ceil(wait)))


def _counted(account: str, address: str) -> list[tuple[RateLimitItem, tuple[str, ...]]]:
    """What an attempt counts for: the account from this address first."""
    each = ((ATTEMPTS, (account, address)), (_AT_ACCOUNT, (account,)), (_FROM_ADDRESS, ("", address)))
    return [(RateLimitItemPerMinute(times, _WINDOW, "sign-in"), who) for times, who in each]
