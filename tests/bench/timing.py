"""Timing several ways of doing the same side by side: interleaved, so that a busy moment hits all of them."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Median, least and most of what was measured."""

    median: float
    min: float
    max: float

    def __str__(self) -> str:
        return f"{self.median:.4g} ({self.min:.4g} to {self.max:.4g})"


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds of each round of one way."""

    seconds: tuple[float, ...]

    def rate(self, amount: float) -> Spread:
        """So much work: how much of it in a second."""
        return spread([amount / one for one in self.seconds])

    def times_as_fast_as(self, other: "Times") -> Spread:
        """Round by round."""
        return spread([theirs / ours for ours, theirs in zip(self.seconds, other.seconds, strict=True)])


def spread(measured: Sequence[float]) -> Spread:
    """Of at least one number."""
    return Spread(statistics.median(measured), min(measured), max(measured))


def interleaved(
    ways: Mapping[str, Callable[[], object]], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Times]:
    """Each way once to warm up, then all of them, one after another, so many times. `clock` counts seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            begun = clock()
            way()
            if number:
                seconds[name].append(clock() - begun)
    return {name: Times(tuple(of_way)) for name, of_way in seconds.items()}
