"""The events of an answer as server-sent ones."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import anyio
from anyio import CapacityLimiter
from anyio.lowlevel import RunVar
from anyio.to_thread import run_sync

from app.events import AnswerEvent, Events

T = TypeVar("T")
_MOST = 600  # answers at once, each a thread that mostly waits
_limiter: RunVar[CapacityLimiter] = RunVar("threads of answers")


async def sent(
    events: Events, encode: Callable[[AnswerEvent], list[str]], end: str | None = None
) -> AsyncIterator[dict[str, str]]:
    """Each event as it is encoded. A front end that goes away stops the work behind them."""
    try:
        while (event := await in_answering(lambda: next(events, None))) is not None:
            for data in encode(event):
                yield {"data": data}
        if end is not None:
            yield {"data": end}
    finally:
        with anyio.CancelScope(shield=True):
            await in_answering(events.close)  # type: ignore[attr-defined]


async def in_answering(work: Callable[[], T]) -> T:
    """Do work of an answer in a thread. These are others than those of short requests, which would wait for them."""
    try:
        limiter = _limiter.get()
    except LookupError:
        _limiter.set(limiter := CapacityLimiter(_MOST))
    return await run_sync(work, limiter=limiter)
