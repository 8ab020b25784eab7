"""A fuse: after failures in a row nothing is tried for a while, then once."""

from app.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_opens_after_failures_in_a_row_and_lets_one_try_through_after_the_rest() -> None:
    clock = Clock()
    breaker = Breaker(failures=2, rest=30, clock=clock)
    breaker.failed()
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()
    clock.now += 31
    assert breaker.lets_through()
    assert not breaker.lets_through()  # the one try is under way


def test_a_success_counts_failures_from_nothing() -> None:
    breaker = Breaker(failures=2, rest=30, clock=Clock())
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.lets_through()


def test_a_try_that_fails_after_the_rest_begins_another_rest() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest=30, clock=clock)
    breaker.failed()
    clock.now += 31
    assert breaker.lets_through()
    breaker.failed()
    clock.now += 29
    assert not breaker.lets_through()


def test_whether_it_tripped_can_be_asked_without_using_up_the_try() -> None:
    clock = Clock()
    breaker = Breaker(failures=1, rest=30, clock=clock)
    assert not breaker.has_tripped
    breaker.failed()
    clock.now += 31
    assert breaker.has_tripped
    assert breaker.lets_through()
    breaker.succeeded()
    assert not breaker.has_tripped
