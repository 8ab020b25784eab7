"""A talk in the terminal: one conversation, stopped answers, questions that fail, an end."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rich.console import Console

from app.access import Caller
from app.bootstrap import Home
from app.terminal_chat import STOPPED, WELCOME, talk
from tests.app.commands import LEAVE
from tests.app.test_falling_back import QUOTE, Says


def typed(*lines: Any) -> Callable[[str], str]:
    """What somebody types; an exception is what pressing those keys raises."""
    given: Iterator[Any] = iter(lines)

    def read(_: str) -> str:
        line = next(given, EOFError())
        if isinstance(line, BaseException):
            raise line
        return str(line)

    return read


def shown(office: Home, caller: Caller, *lines: Any, answerer: Any = None) -> str:
    out = io.StringIO()
    desk = replace(office.desk, answerers={"llama": answerer}) if answerer else office.desk
    talk(desk, caller, typed(*lines), Console(file=out, width=200))
    return out.getvalue()


def test_questions_are_answered_in_one_conversation(office: Home, hana: Caller) -> None:
    before = len(office.conversations.listed(hana))
    said = shown(office, hana, LEAVE, "", "What happens with a lost badge?", "exit", "never asked")
    assert WELCOME in said
    assert QUOTE in said
    assert "calling the guard at once" in said
    assert "--conversation" not in said
    assert len(office.conversations.listed(hana)) == before + 1


def test_control_c_stops_the_answer_and_not_the_talk(office: Home, hana: Caller) -> None:
    class Slow(Says):
        def _said(self) -> Iterator[Any]:
            yield from Says("You have ")._said()
            raise KeyboardInterrupt

    said = shown(office, hana, LEAVE, KeyboardInterrupt(), LEAVE, answerer=Slow())
    assert said.count(STOPPED) == 2


def test_a_question_that_cannot_be_taken_is_told_and_the_talk_goes_on(office: Home, hana: Caller) -> None:
    said = shown(office, hana, "leave " * 2000, LEAVE)
    assert "Please shorten it" in said
    assert QUOTE in said
