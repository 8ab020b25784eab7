"""Events on their way to a front end: in order, and no more once it has gone away."""

from collections.abc import Iterator

import pytest

from app.events import AnswerEvent, Token
from app.server_sent import sent

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Words:
    """An answer that notes whether somebody closed it."""

    def __init__(self) -> None:
        self.closed = False

    def events(self) -> Iterator[AnswerEvent]:
        try:
            for word in ("one", "two", "three"):
                yield Token(word)
        finally:
            self.closed = True


def encoded(event: AnswerEvent) -> list[str]:
    assert isinstance(event, Token)
    return [event.text, event.text.upper()]


async def test_events_are_sent_in_order_and_then_the_end() -> None:
    found = [one["data"] async for one in sent(Words().events(), encoded, "[DONE]")]
    assert found == ["one", "ONE", "two", "TWO", "three", "THREE", "[DONE]"]


async def test_a_front_end_that_goes_away_stops_the_answer() -> None:
    words = Words()
    stream = sent(words.events(), encoded)
    assert await anext(stream) == {"data": "one"}
    assert not words.closed
    await stream.aclose()  # type: ignore[attr-defined]
    assert words.closed
