"""Waiting for the model: so many at once, the next with a place in line, more are told when to come back."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from app.llm import line as line_module
from app.llm.line import Line
from retrieval.errors import ModelBusy


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_with_room_nobody_waits() -> None:
    line = Line(2, 0)
    with line.turn() as first, line.turn() as second:
        assert (list(first), list(second)) == ([], [])


def test_who_waits_hears_how_many_are_before_and_comes_on_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_TELL_AGAIN", 0.01)
    line = Line(1, 5)
    with ExitStack() as done:
        first = done.enter_context(line.turn())
        assert list(first) == []
        with line.turn() as second, line.turn() as third:
            assert (next(second), next(third)) == (1, 2)
            done.close()
            assert list(second) == []
            assert next(third) == 1
        with line.turn() as fourth:
            assert list(fourth) == []


def test_more_than_may_wait_are_told_when_to_try_again() -> None:
    clock = Clock()
    line = Line(1, 1, clock)
    with line.turn() as served:
        assert list(served) == []
        clock.now += 600  # answers take long here
    with line.turn() as served, line.turn():
        assert list(served) == []
        with pytest.raises(
            ModelBusy, match=r"1 questions are waiting already\. Please try again at \d\d:\d\d UTC, in"
        ) as caught:
            line.turn().__enter__()
    assert caught.value.minutes == round((10 + 0.3 * 590) * 2 / 60)
    assert caught.value.retryable


def test_whoever_goes_away_while_waiting_leaves_the_line() -> None:
    line = Line(1, 1)
    with line.turn() as served:
        assert list(served) == []
        with line.turn() as waiting:
            assert next(waiting) == 1
        with line.turn() as another:
            assert next(another) == 1


def test_a_failure_gives_the_place_back() -> None:
    line = Line(1, 0)
    with pytest.raises(ZeroDivisionError), line.turn() as served:
        assert len(list(served)) / 0
    with line.turn() as served:
        assert list(served) == []


def test_what_need_not_be_waited_for_is_done_at_once_or_never() -> None:
    line = Line(1, 3)
    with line.at_once_or_never() as first, line.at_once_or_never() as second:
        assert (first, second) == (True, False)
    with line.turn() as served:
        assert list(served) == []
        with line.at_once_or_never() as late:
            assert not late


def test_many_threads_are_never_served_more_than_at_once() -> None:
    line, served, most = Line(2, 50), [0], [0]
    lock = threading.Lock()

    def ask() -> None:
        with line.turn() as before:
            _wait(before)
            with lock:
                served[0] += 1
                most[0] = max(most[0], served[0])
            with lock:
                served[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert 1 <= most[0] <= 2
    assert not any(thread.is_alive() for thread in threads)


def _wait(before: Iterator[int]) -> None:
    for _ in before:
        pass
