"""The events of an answer as server-sent ones."""

from collections.abc import AsyncIterator, Callable

import anyio
from anyio.to_thread import run_sync

from app.events import AnswerEvent, Events


async def sent(
    events: Events, encode: Callable[[AnswerEvent], list[str]], end: str | None = None
) -> AsyncIterator[dict[str, str]]:
    """Each event as it is encoded. A front end that goes away stops the work behind them."""
    try:
        while (event := await run_sync(next, events, None)) is not None:
            for data in encode(event):
                yield {"data": data}
        if end is not None:
            yield {"data": end}
    finally:
        with anyio.CancelScope(shield=True):
            await run_sync(events.close)  # type: ignore[attr-defined]
