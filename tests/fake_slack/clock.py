"""The time of the fake Slack: it stands still until a test moves it, or it is the time of this machine."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Protocol, TypeVar

T = TypeVar("T")
PAUSE = 0.05  # real seconds


class Clock(Protocol):
    """What everything here asks for the time."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when this much time has passed."""
        ...


class LiveClock:
    """The time of this machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return when this much time has passed."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that only tests move. It may be moved from another thread than the one that sleeps."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self._now = now
        self._sleeping: dict[asyncio.Future[None], float] = {}

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Return when a test has moved the clock by this much."""
        if seconds <= 0:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping[future] = self._now + seconds
        try:
            await future
        finally:
            del self._sleeping[future]

    def jump(self, seconds: float) -> None:
        """Move on at once; who should have woken on the way wakes at the end."""
        self._now += seconds
        for future, wakes in list(self._sleeping.items()):
            if wakes <= self._now:
                future.get_loop().call_soon_threadsafe(_wake, future)

    async def advance(self, seconds: float, pause: float = PAUSE) -> None:
        """Move on from one sleeper's time to the next; after each, everybody gets `pause` real seconds to act."""
        end = self._now + seconds
        await asyncio.sleep(pause)
        while (wakes := min(self._sleeping.values(), default=end + 1)) <= end:
            self.jump(max(0.0, wakes - self._now))
            await asyncio.sleep(pause)
        self.jump(end - self._now)
        await asyncio.sleep(pause)


async def within(clock: Clock, seconds: float, done: Awaitable[T]) -> T | None:
    """What this gives, or None where it takes longer."""
    work, limit = asyncio.ensure_future(done), asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({work, limit}, return_when=asyncio.FIRST_COMPLETED)
        return work.result() if work.done() else None
    finally:
        work.cancel()
        limit.cancel()


def _wake(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
