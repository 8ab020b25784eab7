"""What is kept about a person: deleted when they say so, swept after its time, read by others only for a reason."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert, select, update

from app import feedback, slack_questions
from app.access import Caller, caller_for
from app.conversations import Conversations, NewMessage, Part
from app.identity import audit, own_data
from app.slack_client import NewQuestion
from app.tables import conversations, messages, reviews
from app.tables import feedback as ratings
from app.tables import slack_questions as asked
from retrieval.errors import Forbidden, Missing, QuestionRefused
from retrieval.ledger.engine import reading, writing
from tests.app.identity.conftest import ADA, SAM

WHY = "A complaint about a wrong answer, ticket 12"


def talk(engine: Engine, caller: Caller, text: str) -> str:
    """A conversation of a question and a rated answer."""
    kept = Conversations(engine)
    conversation = kept.begin(caller, text)
    kept.add(caller, conversation, NewMessage("user", "asked", (Part(text),)))
    number = kept.add(caller, conversation, NewMessage("assistant", "refused", (Part("We do not know."),)))
    feedback.rate(engine, f"{conversation}:{number}", caller.email, "good")
    return conversation


def left(engine: Engine) -> tuple[int, int, int]:
    with reading(engine) as connection:
        found = [len(connection.execute(select(table)).all()) for table in (conversations, messages, ratings)]
    return found[0], found[1], found[2]


@pytest.fixture
def ada(staffed: Engine) -> Caller:
    return caller_for(staffed, ADA)


@pytest.fixture
def sam(staffed: Engine) -> Caller:
    return caller_for(staffed, SAM)


def test_a_person_deletes_what_is_theirs_and_nothing_else(staffed: Engine, ada: Caller, sam: Caller) -> None:
    for number in range(3):
        talk(staffed, sam, f"question {number}")
    adas = talk(staffed, ada, "question")
    assert own_data.forget_all(staffed, sam) == 3
    assert left(staffed) == (1, 2, 1)
    assert Conversations(staffed).transcript(ada, adas)
    assert own_data.forget_all(staffed, sam) == 0


def asked_in_slack(engine: Engine, ts: str, conversation: str) -> None:
    """A question of Slack that was not answered, whose text is still there."""
    slack_questions.accept(engine, NewQuestion("T1", "DU1", ts, ts, "U1", "Am I paid when ill?", "direct"))
    with writing(engine) as connection:
        connection.execute(update(asked).where(asked.c.ts == ts).values(conversation=conversation, state="failed"))


def texts(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(asked.c.text).order_by(asked.c.ts)).scalars())


def test_what_hangs_on_a_conversation_goes_with_it(staffed: Engine, ada: Caller, sam: Caller) -> None:
    for number, caller in enumerate((sam, ada)):
        conversation = talk(staffed, caller, "question")
        asked_in_slack(staffed, f"{number}.0", conversation)
        with writing(staffed) as connection:
            connection.execute(insert(reviews).values(answer=f"{conversation}:2", who=ADA, at=datetime.now(UTC)))
    own_data.forget_all(staffed, sam)
    assert texts(staffed) == ["", "Am I paid when ill?"]
    with reading(staffed) as connection:
        assert len(connection.execute(select(reviews)).all()) == 1
    own_data.sweep(staffed, 30, datetime.now(UTC) + timedelta(days=31))
    assert texts(staffed) == ["", ""]


def test_nobody_deletes_nothing(staffed: Engine) -> None:
    talk(staffed, Caller(), "question")
    for caller in (Caller(), Caller(service=True), Caller(SAM, asks_only=True)):
        with pytest.raises(Forbidden):
            own_data.forget_all(staffed, caller)
    assert left(staffed)[0] == 1


def test_what_is_old_enough_is_swept_and_what_goes_on_stays(staffed: Engine, sam: Caller) -> None:
    talk(staffed, sam, "question")
    now = datetime.now(UTC)
    assert own_data.sweep(staffed, 0, now + timedelta(days=900)) == 0
    assert own_data.sweep(staffed, 30, now + timedelta(days=29)) == 0
    assert left(staffed) == (1, 2, 1)
    assert own_data.sweep(staffed, 30, now + timedelta(days=31)) == 1
    assert left(staffed) == (0, 0, 0)


def test_an_admin_reads_for_a_reason_and_the_owner_sees_it(staffed: Engine, ada: Caller, sam: Caller) -> None:
    conversation = talk(staffed, sam, "May I work from home?")
    said = own_data.break_glass(staffed, ada, conversation, WHY)
    assert [one.text for one in said] == ["May I work from home?", "We do not know."]
    [noted] = audit.listed(staffed, on=SAM)
    assert (noted.who, noted.what, noted.reason) == (ADA, f"read conversation {conversation}", WHY)


def test_without_a_reason_or_by_nobody_of_the_admins_it_stays_closed(staffed: Engine, ada: Caller, sam: Caller) -> None:
    conversation = talk(staffed, ada, "question")
    for reason in ("", "   ", "curious"):
        with pytest.raises(QuestionRefused, match="Say in a sentence why"):
            own_data.break_glass(staffed, ada, conversation, reason)
    for caller in (sam, Caller(), Caller(service=True), Caller(ADA, ada.audiences, asks_only=True)):
        with pytest.raises(Forbidden):
            own_data.break_glass(staffed, caller, conversation, WHY)
    with pytest.raises(Missing):
        own_data.break_glass(staffed, ada, "nowhere", WHY)
    assert audit.listed(staffed) == []
