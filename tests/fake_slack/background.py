"""A fake Slack in a thread of its own, for tests and programs that are not async."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.fake_slack.slack import FakeSlack


@dataclass(frozen=True)
class Running:
    """A fake Slack that runs elsewhere. Persons, admin and state are used as they are; what waits is here."""

    slack: FakeSlack
    loop: asyncio.AbstractEventLoop

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do something async over there: `running.run(slack.advance(60))`."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def until(self, condition: Callable[[], object], seconds: float = 5.0) -> None:
        """Wait until this is true, by real time."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"After {seconds} seconds this is still not so.")
            time.sleep(0.005)


@contextmanager
def in_thread(slack: FakeSlack) -> Iterator[Running]:
    """Run it until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    running = Running(slack, loop)
    try:
        running.run(slack.start())
        yield running
    finally:
        running.run(slack.stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
