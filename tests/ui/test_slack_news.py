"""Waiting for news ends with the news, with time, and with a cancellation, whatever comes together."""

import asyncio
import time

import pytest

from ui.slack_news import news

pytestmark = pytest.mark.anyio


async def test_it_ends_with_the_news_at_once() -> None:
    event = asyncio.Event()
    waiting = asyncio.create_task(news(event, 60))
    await asyncio.sleep(0)
    event.set()
    await asyncio.wait_for(waiting, 5)


async def test_without_news_it_ends_with_time() -> None:
    begun = time.monotonic()
    await news(asyncio.Event(), 0.05)
    assert 0.04 < time.monotonic() - begun < 5


@pytest.mark.parametrize("ticks", range(5))
async def test_a_cancellation_that_comes_with_the_news_is_not_lost(ticks: int) -> None:
    """A bot that was stopped at the moment of an event went on for ever: its tests hung once in hundreds of runs."""
    event = asyncio.Event()
    waiting = asyncio.create_task(news(event, 60))
    await asyncio.sleep(0)
    event.set()
    for _ in range(ticks):
        await asyncio.sleep(0)
    if not waiting.done():
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
