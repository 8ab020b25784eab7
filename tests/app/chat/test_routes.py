"""The chat's routes over HTTP: answers that go on by themselves, changes of what was said, hand-off."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app import receipt
from app.access import NOBODY, Caller, caller_for
from app.bootstrap import Home
from app.chat import hand_off
from app.events import Found
from app.question import Question
from retrieval.access import ADMINS
from retrieval.ledger import documents
from retrieval.prompt import SOURCE_REMOVED
from tests.app.test_server import HANA, LEAVE, PAY, SAM, Slow, client_of, with_answerers

BADGE = "What happens with a lost door badge?"


@pytest.fixture(scope="module")
def sam(office: Home) -> Iterator[TestClient]:
    with client_of(office, SAM) as client:
        yield client


@pytest.fixture(scope="module")
def hana(office: Home) -> Iterator[TestClient]:
    with client_of(office, HANA) as client:
        yield client


def asked(client: TestClient, question: str, conversation: str = "", replaces: int = 0) -> str:
    """Ask and wait for the end of the answer; returns the conversation."""
    body = {"question": question, "conversation": conversation, "replaces": replaces}
    begun = client.post("/api/questions", json=body)
    assert begun.status_code == 200, begun.text
    found = str(begun.json()["conversation"])
    while client.get(f"/api/conversations/{found}/talk").json()["in_progress"]:
        time.sleep(0.005)
    return found


def said(client: TestClient, conversation: str) -> list[tuple[int, str, str]]:
    messages = client.get(f"/api/conversations/{conversation}/talk").json()["messages"]
    return [(one["number"], one["role"], one["text"]) for one in messages]


def test_an_answer_is_there_though_nobody_followed_it(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    question, answer = sam.get(f"/api/conversations/{conversation}/talk").json()["messages"]
    assert (question["number"], question["text"]) == (1, LEAVE)
    assert "27 days" in answer["text"]
    assert answer["made"]["model"] == "quoting"
    assert answer["made"]["passages"] >= 1
    assert 0 < answer["citations"][0]["relevance"] <= 1


def test_an_answer_in_progress_is_followed_from_its_begin_and_stopped(office: Home) -> None:
    with client_of(with_answerers(office, slow := Slow()), SAM) as client:
        conversation = client.post("/api/questions", json={"question": LEAVE}).json()["conversation"]
        while slow.given < 3:
            time.sleep(0.005)
        twice = client.post("/api/questions", json={"question": LEAVE, "conversation": conversation})
        assert (twice.status_code, twice.json()["detail"][:29]) == (409, "An answer is being given here")
        assert client.post(f"/api/conversations/{conversation}/answer/stop").status_code == 204
        assert slow.stopped.is_set()
        talk = client.get(f"/api/conversations/{conversation}/talk").json()
        assert not talk["in_progress"]
        assert talk["messages"][-1]["status"] == "stopped"
        assert talk["messages"][-1]["text"].startswith("word word word")
        assert client.get(f"/api/conversations/{conversation}/answer").status_code == 404


def test_an_answer_in_progress_ends_when_its_source_is_deleted_and_nothing_of_it_stays(own_office: Home) -> None:
    with client_of(with_answerers(own_office, slow := Slow()), SAM) as client:
        conversation = client.post("/api/questions", json={"question": LEAVE}).json()["conversation"]
        while slow.given < 3:
            time.sleep(0.005)
        assert receipt.delete(own_office, "office/leave.md").found == ()
        late = client.get(f"/api/conversations/{conversation}/answer")
        assert (late.status_code, "27 days" in late.text) in ((409, False), (404, False))
        while client.get(f"/api/conversations/{conversation}/talk").json()["in_progress"]:
            time.sleep(0.005)
        last = client.get(f"/api/conversations/{conversation}/talk").json()["messages"][-1]
        assert (last["status"], "word" in last["text"]) == ("failed", False)
        assert last["text"].startswith("A source of this answer was deleted or closed while it was written.")


def test_an_answer_that_is_stopped_after_its_source_was_deleted_keeps_no_word(own_office: Home) -> None:
    caller = caller_for(own_office.engine, SAM)
    events = with_answerers(own_office, Slow()).desk.ask(Question(LEAVE, caller))
    found = next(events)
    assert isinstance(found, Found)
    next(events)
    documents.remove(own_office.engine, "office/leave.md")
    events.close()  # type: ignore[attr-defined]
    *_, last = own_office.conversations.transcript(caller, found.conversation)
    assert (last.status, last.text) == ("stopped", SOURCE_REMOVED)


def test_a_server_that_ends_keeps_what_was_said(office: Home) -> None:
    with client_of(with_answerers(office, slow := Slow()), SAM) as client:
        conversation = client.post("/api/questions", json={"question": LEAVE}).json()["conversation"]
        while slow.given < 3:
            time.sleep(0.005)
    stored = office.conversations.transcript(Caller(SAM), conversation)
    assert (stored[-1].status, stored[-1].text[:9]) == ("stopped", "word word")


def test_a_retry_takes_the_place_of_the_answer(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    asked(sam, BADGE, conversation)
    asked(sam, BADGE, conversation, replaces=3)
    assert [(number, role) for number, role, _ in said(sam, conversation)] == [
        (1, "user"),
        (2, "assistant"),
        (5, "user"),
        (6, "assistant"),
    ]


def test_an_edited_question_takes_the_place_of_the_last_one(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    asked(sam, BADGE, conversation, replaces=1)
    assert [text for _, role, text in said(sam, conversation) if role == "user"] == [BADGE]


def test_a_turn_is_deleted_with_its_answer_and_the_verdict_on_it(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    asked(sam, BADGE, conversation)
    assert sam.put(f"/api/conversations/{conversation}/messages/2/verdict", json={"verdict": "bad"}).status_code == 204
    assert sam.delete(f"/api/conversations/{conversation}/messages/1").status_code == 204
    assert [number for number, _, _ in said(sam, conversation)] == [3, 4]
    assert sam.delete(f"/api/conversations/{conversation}/messages/4").status_code == 404


def test_a_verdict_is_shown_again_and_can_be_changed(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    for verdict in ("bad", "good"):
        body = {"verdict": verdict, "reason": "Out of date: it is of 2024."}
        assert sam.put(f"/api/conversations/{conversation}/messages/2/verdict", json=body).status_code == 204
    messages = sam.get(f"/api/conversations/{conversation}/talk").json()["messages"]
    assert [one["verdict"] for one in messages] == ["", "good"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "talk", None),
        ("GET", "answer", None),
        ("GET", "suggestions", None),
        ("POST", "answer/stop", None),
        ("DELETE", "messages/1", None),
        ("PUT", "messages/2/verdict", {"verdict": "good"}),
        ("PATCH", "", {"title": "Mine now"}),
    ],
)
def test_somebody_elses_conversation_is_not_there(
    sam: TestClient, hana: TestClient, method: str, path: str, body: object
) -> None:
    hers = asked(hana, PAY)
    address = f"/api/conversations/{hers}/{path}".rstrip("/")
    assert sam.request(method, address, json=body).status_code == 404
    assert len(said(hana, hers)) == 2


def test_conversations_are_listed_by_their_newest_message_and_searched_by_title(office: Home) -> None:
    with client_of(office, "marcus@office.example") as marcus:
        first, second = asked(marcus, LEAVE), asked(marcus, BADGE)
        asked(marcus, BADGE, first)
        listed = [one["id"] for one in marcus.get("/api/conversations").json()]
        assert listed[:2] == [first, second]  # behind them stands what other tests asked
        marcus.patch(f"/api/conversations/{second}", json={"title": "  100%  of\nmy badges "})
        found = marcus.get("/api/conversations", params={"search": "BADGES 100%"}).json()
        assert [(one["id"], one["title"]) for one in found] == [(second, "100% of my badges")]


def test_a_question_is_measured_before_it_is_sent(sam: TestClient) -> None:
    size = sam.post("/api/questions/measure", json={"question": LEAVE}).json()
    assert size == {"used": len(LEAVE), "most": 8000, "unit": "characters"}
    too_long = sam.post("/api/questions/measure", json={"question": "x" * 8001})
    assert (too_long.status_code, too_long.json()["detail"]) == (
        422,
        "The question has 8,001 characters; 8,000 are the most. Please shorten it",
    )


def test_suggestions_are_about_what_stands_beside_the_cited_passage(sam: TestClient) -> None:
    conversation = asked(sam, LEAVE)
    assert sam.get(f"/api/conversations/{conversation}/suggestions").json() == ["Annual leave: Booking?"]


def test_the_original_is_given_to_whoever_may_read_it(sam: TestClient, hana: TestClient) -> None:
    answer = hana.get(f"/api/conversations/{asked(hana, PAY)}/talk").json()["messages"][1]
    chunk = answer["citations"][0]["chunk"]
    found = hana.get(f"/api/chunks/{chunk}/original")
    assert found.text.startswith("# Salary bands")
    assert found.headers["Content-Disposition"] == "attachment; filename*=UTF-8''bands.md"
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert sam.get(f"/api/chunks/{chunk}/original").status_code == 404


def test_a_question_is_passed_on_to_hr_with_a_name_only_where_that_was_ticked(office: Home) -> None:
    with client_of(office, SAM) as sam:
        for named in (False, True):
            body = {"question": f"May I, {named}?", "note": "It is urgent", "contact": "hr@x.example", "named": named}
            assert sam.post("/api/hr-questions", json=body).status_code == 200
        assert sam.get("/api/hr-questions").status_code == 403
    admin = Caller("admin@office.example", frozenset({ADMINS}))
    found = hand_off.passed_on(office.engine, admin)
    assert [(one.question, one.email) for one in found] == [("May I, False?", ""), ("May I, True?", SAM)]
    hand_off.settle(office.engine, admin, found[0].id)
    assert [one.question for one in hand_off.passed_on(office.engine, admin)] == ["May I, True?", "May I, False?"]


def test_deleted_text_leaves_titles_and_questions_for_hr_too(own_office: Home) -> None:
    said_so = "The salary of grade G5 in Leeds is between 49,700 and 64,500 pounds."
    talk = own_office.conversations.begin(Caller(HANA), "Pay")
    own_office.conversations.rename(Caller(HANA), talk, said_so)
    hand_off.pass_on(own_office.engine, NOBODY, (said_so, said_so, ""), named=False)
    own_office.delete("office/hr/bands.md")
    assert [one.title for one in own_office.conversations.listed(Caller(HANA))] == [SOURCE_REMOVED]
    kept = hand_off.passed_on(own_office.engine, Caller("admin@office.example", frozenset({ADMINS})))
    assert [(one.question, one.note) for one in kept] == [(SOURCE_REMOVED, SOURCE_REMOVED)]
