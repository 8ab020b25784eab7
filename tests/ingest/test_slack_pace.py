import pytest

from ingest.slack_pace import Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def waited(pace: Pace, clock: Clock, method: str, calls: int) -> float:
    begun = clock.time
    for _ in range(calls):
        pace.wait(method)
    return clock.time - begun


def test_a_minutes_calls_may_come_at_once_and_the_next_one_waits(clock: Clock) -> None:
    pace = Pace(clock.now, clock.sleep)
    assert waited(pace, clock, "conversations.history", 50) == 0
    assert waited(pace, clock, "conversations.history", 1) == 60
    assert waited(pace, clock, "users.list", 21) == 60


def test_a_method_that_nobody_named_has_the_lowest_tier(clock: Clock) -> None:
    pace = Pace(clock.now, clock.sleep)
    assert (waited(pace, clock, "emoji.list", 20), waited(pace, clock, "emoji.list", 1)) == (0, 60)


def test_holding_one_method_lets_the_others_go_on(clock: Clock) -> None:
    pace = Pace(clock.now, clock.sleep)
    pace.hold("users.list", 7)
    assert waited(pace, clock, "users.info", 3) == 0
    assert waited(pace, clock, "users.list", 1) == 7


def test_a_restricted_method_is_called_once_a_minute(clock: Clock) -> None:
    pace = Pace(clock.now, clock.sleep)
    pace.restrict(["conversations.history"], 1)
    assert waited(pace, clock, "conversations.history", 4) == 180


def test_without_limits_only_holding_waits(clock: Clock) -> None:
    pace = Pace(clock.now, clock.sleep, unlimited=True)
    pace.hold("users.list", 2)
    assert waited(pace, clock, "users.list", 500) == 2
