"""Whoever watches is told how each question ended, once, and can never break an answer."""

from collections.abc import Sequence

import pytest

from app.access import Caller
from app.bootstrap import Home
from app.desk import Desk
from app.observation.ended import Ended, Watch, tell
from app.question import Question
from tests.app.test_desk import Scripted
from tests.app.test_server import LEAVE, UNKNOWN, Surprise


def watched(office: Home, *watches: Watch, answerer: Scripted | None = None) -> Desk:
    desk = office.desk
    answerers = {answerer.name: answerer} if answerer else desk.answerers
    return Desk(desk.engine, desk.retriever, answerers, desk.conversations, desk.threshold, desk.contact, list(watches))


def seen(office: Home, question: str, answerer: Scripted | None = None) -> Sequence[Ended]:
    found: list[Ended] = []
    list(watched(office, found.append, answerer=answerer).ask(Question(question, Caller(), turns=())))
    return found


@pytest.mark.parametrize(("question", "outcome"), [(LEAVE, "answered"), (UNKNOWN, "refused")])
def test_a_question_is_told_once_with_its_outcome_and_times(office: Home, question: str, outcome: str) -> None:
    [ended] = seen(office, question)
    assert (ended.outcome, ended.model) == (outcome, "quoting")
    assert 0 < ended.timings_ms["search"] <= ended.timings_ms["total"]


def test_a_failure_is_told_with_the_id_that_the_user_sees(office: Home) -> None:
    class Broken(Scripted):
        def rewritten(self, *_: object) -> str:
            raise ZeroDivisionError

        begin = rewritten  # type: ignore[assignment]

    found: list[Ended] = []
    desk = watched(office, found.append, answerer=Broken([], "broken"))
    *_, last = desk.ask(Question(LEAVE, Caller(), turns=()))
    assert [(one.outcome, one.error) for one in found] == [("failed", last.error)]  # type: ignore[union-attr]


def test_an_answer_that_nobody_waits_for_is_told_as_stopped(office: Home) -> None:
    found: list[Ended] = []
    events = watched(office, found.append).ask(Question(LEAVE, Caller(), turns=()))
    next(events), next(events)
    events.close()  # type: ignore[attr-defined]
    assert [one.outcome for one in found] == ["stopped"]


def test_a_question_that_is_not_accepted_is_not_told(office: Home) -> None:
    found: list[Ended] = []
    with pytest.raises(ZeroDivisionError):
        watched(office, found.append, answerer=Surprise([], "surprise")).ask(Question(LEAVE, Caller(), turns=()))
    assert found == []


def test_a_watch_that_breaks_costs_nobody_anything(caplog: pytest.LogCaptureFixture) -> None:
    found: list[Ended] = []

    def broken(_: Ended) -> None:
        raise OSError("no space left")

    tell([broken, found.append], Ended("answered", "quoting"))
    assert [one.outcome for one in found] == ["answered"]
    assert "A watch of ended questions failed" in caplog.text
