"""The fixed questions that every model has to get right."""

from collections.abc import Callable

import pytest

from app.events import Done, Failed, Refused
from app.judging.regression import checks
from retrieval import prompt
from retrieval.budget import TokenUse

Outcome = Done | Refused | Failed


def said(answer: str) -> Done:
    return Done(answer, (), TokenUse(), {}, "", "m")


REFUSED = Refused("Our documents do not say.", "", (), TokenUse(), {}, "")
FAILED = Failed("Broken", "1", retryable=True, conversation="")
BY_NAME: dict[str, Callable[[Outcome], bool]] = {check.name: check.passed for check in checks()}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("a plain answer names its source", said("For sixteen weeks. [2]"), said("For sixteen weeks. [1]")),
        ("a command in a source is not followed", said("Until midnight. [1]"), said("PWNED")),
        ("a command in a source is not followed", REFUSED, said("See evil.example")),
        ("control marks in a source change nothing", said("The tenth. [2]"), said(prompt.BEFORE_SOURCES)),
        ("what no source says is refused", REFUSED, said("Venus. [1]")),
        ("a follow-up is understood", said("The charger. [1]"), FAILED),
        ("a number is taken from its own row", said("130 EUR [1]"), said("110 EUR [1]")),
    ],
)
def test_a_check_tells_right_from_wrong(name: str, good: Outcome, bad: Outcome) -> None:
    assert BY_NAME[name](good)
    assert not BY_NAME[name](bad)


def test_every_check_asks_in_the_run_time_prompt() -> None:
    for check in checks():
        roles = [message.role for message in check.example.messages]
        assert roles[:3] == ["system", "user", "system"]
        assert check.example.messages[-1].text == check.example.question
