"""Waiting for an event, but not for ever."""

import asyncio
from contextlib import suppress


async def news(event: asyncio.Event, seconds: float) -> None:
    """Come back when the event is set, or after so many seconds.

    Not `asyncio.wait_for`: before Python 3.12 that loses a cancellation which comes together with the event, and
    whoever was to be stopped goes on for ever.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
