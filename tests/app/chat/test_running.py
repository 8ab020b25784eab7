"""An answer in progress goes on without its asker, is followed from its begin, and stops at its next word."""

import asyncio
import threading
from collections.abc import Generator, Iterable
from functools import partial
from itertools import repeat

import pytest

from app.chat.running import AnswersInProgress, Running
from app.desk import Begun
from app.events import AnswerEvent, Token
from retrieval.errors import StillAnswering

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Talker:
    """Says a word each time that it is allowed to, and notes how it ended."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = words
        self.go = threading.Semaphore(0)
        self.said: list[str] = []
        self.closed = threading.Event()

    def begun(self, conversation: str = "c") -> Begun:
        return Begun(conversation, 0, self._events())

    def _events(self) -> Generator[AnswerEvent]:
        try:
            for word in self._words:
                self.go.acquire()
                self.said.append(word)
                yield Token(word)
        finally:
            self.closed.set()


async def heard(running: Running) -> list[str]:
    return [event.text async for event in running.follow() if isinstance(event, Token)]


async def test_whoever_comes_late_hears_all_of_it_and_so_does_whoever_came_early() -> None:
    talker = Talker(["one", "two", "three"])
    running = Running(talker.begun(), lambda: None)
    early = asyncio.create_task(heard(running))
    talker.go.release(2)
    while len(talker.said) < 2:
        await asyncio.sleep(0.001)
    late = asyncio.create_task(heard(running))
    talker.go.release()
    assert await early == ["one", "two", "three"]
    assert await late == ["one", "two", "three"]


async def test_an_answer_goes_on_when_its_follower_goes_away() -> None:
    talker = Talker(["one", "two"])
    running = Running(talker.begun(), lambda: None)
    follower = running.follow()
    talker.go.release()
    assert await anext(follower) == Token("one")
    await follower.aclose()  # type: ignore[attr-defined]
    talker.go.release()
    assert await heard(running) == ["one", "two"]


async def test_a_stop_ends_the_answer_at_its_next_word_and_its_followers() -> None:
    talker = Talker(["one", "two", "three"])
    running = Running(talker.begun(), lambda: None)
    running.stop(0)
    talker.go.release()
    assert await heard(running) == ["one"]
    assert talker.closed.is_set()


async def test_a_conversation_has_one_answer_at_a_time() -> None:
    talker, answers = Talker(["one"]), AnswersInProgress()
    assert answers.begin("c", talker.begun) == "c"
    with pytest.raises(StillAnswering, match="Wait for its end, or stop it"):
        answers.begin("c", Talker([]).begun)
    talker.go.release()
    talker.closed.wait(5)
    while answers.of("c"):
        await asyncio.sleep(0.001)
    assert answers.begin("c", Talker([]).begun) == "c"


async def test_a_question_that_is_not_accepted_leaves_the_conversation_free() -> None:
    def refused() -> Begun:
        raise ValueError

    answers = AnswersInProgress()
    with pytest.raises(ValueError):  # noqa: PT011
        answers.begin("c", refused)
    assert answers.begin("c", Talker([]).begun) == "c"


async def test_closing_stops_all_answers() -> None:
    talkers, answers = {name: Talker(repeat("word")) for name in "ab"}, AnswersInProgress()
    for name, talker in talkers.items():
        answers.begin(name, partial(talker.begun, name))
    closing = asyncio.create_task(asyncio.to_thread(answers.close))
    while not closing.done():
        for talker in talkers.values():
            talker.go.release()
        await asyncio.sleep(0.001)
    assert all(talker.closed.is_set() for talker in talkers.values())
