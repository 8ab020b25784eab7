"""What is told of a period: how questions ended, how fast, how helpful, and which documents answered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from app import slack_rooms
from app.access import Caller, caller_for
from app.bootstrap import Home
from app.events import Done
from app.feedback import rate
from app.insights.activity import Activity, Day, OfModel, activity
from app.question import Question
from app.tables import messages
from retrieval.ledger.engine import writing
from tests.app.test_server import LEAVE, PAY, UNKNOWN

TODAY = datetime.now(UTC).date()


def ask(home: Home, question: str, email: str = "sam@office.example") -> str:
    *_, last = home.desk.ask(Question(question, caller_for(home.engine, email)))
    assert not isinstance(last, Done) or last.answer_id
    return str(getattr(last, "answer_id", ""))


def today(home: Home) -> Activity:
    return activity(home.engine, TODAY, TODAY)


def test_a_home_that_nobody_asked_has_days_of_nothing(own_office: Home) -> None:
    found = activity(own_office.engine, TODAY - timedelta(days=2), TODAY)
    assert found.days == tuple(Day(TODAY - timedelta(days=back)) for back in (2, 1, 0))
    assert (found.latency, found.used) == ((), ())
    assert len(found.unused) == 5


def test_questions_are_counted_by_how_they_ended(own_office: Home) -> None:
    for question in (LEAVE, LEAVE, UNKNOWN):
        ask(own_office, question)
    assert today(own_office).total == Day(TODAY, answered=2, refused=1)


def test_verdicts_count_on_the_day_of_the_answer(own_office: Home) -> None:
    first, second = ask(own_office, LEAVE), ask(own_office, LEAVE)
    rate(own_office.engine, first, "sam@office.example", "good")
    rate(own_office.engine, second, "sam@office.example", "bad", "It is out of date")
    found = today(own_office).total
    assert (found.helpful, found.not_helpful) == (1, 1)


def test_days_outside_the_period_do_not_count(own_office: Home) -> None:
    ask(own_office, LEAVE)
    with writing(own_office.engine) as connection:
        connection.execute(update(messages).values(created_at=datetime.now(UTC) - timedelta(days=3)))
    assert today(own_office).total == Day(TODAY)
    assert activity(own_office.engine, TODAY - timedelta(days=3), TODAY).days[0].answered == 1


def test_times_are_percentiles_over_the_questions(own_office: Home) -> None:
    for _ in range(2):
        ask(own_office, LEAVE)
    with writing(own_office.engine) as connection:
        for number, taken in ((2, 100.0), (1, 0.0)):
            timings = {"total": taken} if taken else {}
            connection.execute(update(messages).where(messages.c.number == number).values(timings=timings))
    [latency] = today(own_office).latency
    assert (latency.stage, latency.p50, latency.p99) == ("total", 100.0, 100.0)


def test_documents_are_told_by_the_answers_that_cite_them(own_office: Home) -> None:
    for question, email in ((LEAVE, "sam@office.example"), (LEAVE, ""), (PAY, "hana@office.example")):
        ask(own_office, question, email)
    found = today(own_office)
    assert [(one.uri, one.answers) for one in found.used] == [("office/leave.md", 2), ("office/hr/bands.md", 1)]
    assert {one.uri for one in found.unused} == {"office/badges.md", "office/laptops.md", "office/managers/warnings.md"}


def test_a_deleted_document_is_told_no_more(own_office: Home) -> None:
    ask(own_office, LEAVE)
    own_office.delete("office/leave.md")
    found = today(own_office)
    assert "office/leave.md" not in {one.uri for one in (*found.used, *found.unused)}
    assert found.total.answered == 1


def test_a_conversation_that_goes_on_elsewhere_counts_once(own_office: Home) -> None:
    there = Caller("sam@office.example", place="slack:T1/C1/1.2")
    *_, last = own_office.desk.ask(Question(LEAVE, there))
    assert isinstance(last, Done)
    slack_rooms.put(own_office.engine, "T1", "C1", slack_rooms.room_of([], is_open=True))
    own_office.conversations.continued(Caller("sam@office.example"), last.conversation)
    assert today(own_office).total.answered == 1


@pytest.mark.parametrize("last", [date(2024, 2, 29)])
def test_the_last_day_counts_whole(own_office: Home, last: date) -> None:
    ask(own_office, LEAVE)
    with writing(own_office.engine) as connection:
        evening = datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
        connection.execute(update(messages).where(messages.c.number == 2).values(created_at=evening))
    assert activity(own_office.engine, last, last).total.answered == 1


def test_answers_are_counted_by_the_model_that_made_them(own_office: Home) -> None:
    first, second = ask(own_office, LEAVE), ask(own_office, LEAVE)
    rate(own_office.engine, first, "sam@office.example", "bad")
    with writing(own_office.engine) as connection:
        conversation = second.partition(":")[0]
        connection.execute(update(messages).where(messages.c.conversation == conversation).values(model="hr/1"))
    ask(own_office, LEAVE)
    assert today(own_office).models == (
        OfModel("quoting", answered=2, not_helpful=1),
        OfModel("hr/1", answered=1),
    )
