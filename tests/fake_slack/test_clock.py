import asyncio

import pytest

from tests.fake_slack.clock import ManualClock, within

pytestmark = pytest.mark.anyio


async def test_time_stands_still_until_it_is_moved() -> None:
    clock = ManualClock(100)
    asleep = asyncio.ensure_future(clock.sleep(10))
    await clock.advance(9.5)
    assert (clock.now(), asleep.done()) == (109.5, False)
    await clock.advance(0.5)
    assert (clock.now(), asleep.done()) == (110, True)


async def test_sleepers_wake_one_after_another_each_at_its_own_time() -> None:
    clock, woken = ManualClock(0), []

    async def sleep_twice() -> None:
        for _ in range(2):
            await clock.sleep(10)
            woken.append(clock.now())

    asleep = asyncio.ensure_future(sleep_twice())
    await clock.advance(100)
    assert (woken, clock.now(), asleep.done()) == ([10, 20], 100, True)


async def test_waiting_ends_at_the_limit_or_with_the_thing_itself() -> None:
    clock = ManualClock(0)
    assert await within(clock, 5, asyncio.sleep(0, "done")) == "done"
    waiting = asyncio.ensure_future(within(clock, 5, asyncio.Event().wait()))
    await clock.advance(5)
    assert await waiting is None
