"""Answers in progress: each goes on by itself, so that whoever asked may come, go and come back, or stop it.

They live in the server's process. When that ends they are stopped, and what was said until then is kept.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

from app.desk import Begun
from app.events import AnswerEvent, Found
from retrieval.errors import StillAnswering

_MOST = 600  # answers at once, each a thread that mostly waits
_PATIENCE = 5.0  # seconds until a stop is believed; a model ends at its next word


class Running:
    """One answer. Its events are kept until it has ended, for everybody who follows it."""

    def __init__(self, begun: Begun, at_end: Callable[[], None]) -> None:
        self.replaces = begun.replaces
        self._begun = begun
        self._at_end = at_end
        self._said: list[AnswerEvent] = []
        self._ended = False
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._followers: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._thread = threading.Thread(target=self._run, daemon=True, name="answer")
        self._thread.start()

    @property
    def sources(self) -> frozenset[str]:
        """The chunks that its sources begin with, as far as it was told."""
        found = (event for event in self._said if isinstance(event, Found))
        return frozenset(source.chunk for event in found for source in event.sources)

    def stop(self, patience: float = _PATIENCE) -> None:
        """End it at its next word; waits until what was said is kept, but not for ever."""
        self._stopped.set()
        self._thread.join(patience)

    async def follow(self) -> AsyncIterator[AnswerEvent]:
        """All its events from the first one, then as they come, until it ends or is stopped."""
        me = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            self._followers.add(me)
        try:
            seen = 0
            while True:
                me[1].clear()
                ended = self._ended  # read first: what was said before it is said by now
                while seen < len(self._said):
                    yield self._said[seen]
                    seen += 1
                if ended:
                    return
                await me[1].wait()
        finally:
            with self._lock:
                self._followers.discard(me)

    def _run(self) -> None:
        try:
            for event in self._begun.events:
                self._said.append(event)
                self._wake()
                if self._stopped.is_set():
                    break
        finally:
            self._begun.events.close()
            self._ended = True
            self._at_end()
            self._wake()

    def _wake(self) -> None:
        with self._lock:
            followers = list(self._followers)
        for loop, news in followers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(news.set)


class AnswersInProgress:
    """At most one in each conversation."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}
        self._taken: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, conversation: str, accept: Callable[[], Begun]) -> str:
        """Accept a question and let its answer run; returns its conversation, which may be a new one.

        Raises:
            StillAnswering: another answer is in progress there, or too many are altogether.
        """
        self._take(conversation)
        try:
            begun = accept()
            with self._lock:
                self._running[begun.conversation] = Running(begun, lambda: self._end(begun.conversation))
        finally:
            with self._lock:
                self._taken.discard(conversation)
        return begun.conversation

    def of(self, conversation: str) -> Running | None:
        """The answer in progress there."""
        with self._lock:
            return self._running.get(conversation)

    def close(self) -> None:
        """Stop them all."""
        with self._lock:
            running = list(self._running.values())
        for one in running:
            one.stop(0)
        for one in running:
            one.stop()

    def _take(self, conversation: str) -> None:
        with self._lock:
            if conversation and (conversation in self._running or conversation in self._taken):
                raise StillAnswering("An answer is being given here. Wait for its end, or stop it")
            if len(self._running) >= _MOST:
                raise StillAnswering("Too many questions are being answered. Please try again in a minute")
            if conversation:
                self._taken.add(conversation)

    def _end(self, conversation: str) -> None:
        with self._lock:
            self._running.pop(conversation, None)
