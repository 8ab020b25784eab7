"""Waiting for a server's words: empty lines are no words."""

from collections.abc import Iterator

import httpx
import pytest

from app.llm.patient import Patience


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Sends(httpx.BaseTransport):
    """Sends these parts, ten seconds after one another."""

    def __init__(self, clock: Clock, *parts: bytes) -> None:
        self._clock, self._parts = clock, parts

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=_Parts(self._clock, self._parts))


class _Parts(httpx.SyncByteStream):
    def __init__(self, clock: Clock, parts: tuple[bytes, ...]) -> None:
        self._clock, self._parts = clock, parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            self._clock.now += 10
            yield part


def read(*parts: bytes, seconds: float) -> bytes:
    clock = Clock()
    with httpx.Client(transport=Patience(Sends(clock, *parts), seconds, clock)) as client:
        return client.get("http://model.example").content


def test_data_in_time_is_read_to_its_end() -> None:
    assert read(b"data: a\n", b": ping\n\n", b"data: b\n", b"\n", seconds=25) == b"data: a\n: ping\n\ndata: b\n\n"


def test_empty_lines_alone_are_not_listened_to_for_ever() -> None:
    with pytest.raises(httpx.ReadTimeout, match="Only empty lines came"):
        read(b"data: a\n", b": ping\n\n", b"\n", b": ping\n", seconds=25)
