"""The server from outside: through FastAPI's client, the official OpenAI client, and a real uvicorn."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from app.answerer import Answering, Piece, Size
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.server import make_app
from retrieval.budget import TokenUse
from retrieval.passage import Passage
from retrieval.rewrite import Turn
from tests.app.test_desk import Scripted
from tests.serving import served

LEAVE = "How many days of annual leave does every employee have?"
PAY = "What is the salary of grade G5 in Leeds?"
UNKNOWN = "Which planet has the most volcanoes?"
SAM, HANA = "sam@office.example", "hana@office.example"


class Slow(Scripted):
    """Gives a word every few milliseconds for a minute, unless it is closed."""

    def __init__(self) -> None:
        super().__init__([], "slow")
        self.given = 0
        self.stopped = threading.Event()

    def rewritten(self, question: str, turns: Sequence[Turn]) -> str:
        return ""

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        return Answering(tuple(passages), TokenUse(), self._words())

    def _words(self) -> Iterator[Piece]:
        try:
            for self.given in range(6000):
                time.sleep(0.01)
                yield Piece("word ")
        finally:
            self.stopped.set()


class Waiting(Scripted):
    """Says nothing until it may."""

    def __init__(self) -> None:
        super().__init__([], "waiting")
        self.begun = 0
        self.go_on = threading.Event()

    def begin(self, question: str, standalone: str, passages: Sequence[Passage], turns: Sequence[Turn]) -> Answering:
        return Answering(tuple(passages), TokenUse(), self._words())

    def _words(self) -> Iterator[Piece]:
        self.begun += 1
        self.go_on.wait(60)
        yield Piece("27 days.")


class Surprise(Scripted):
    """Raises what nobody expects."""

    def check(self, question: str) -> Size:
        raise ZeroDivisionError("/srv/secret/path")


def with_answerers(office: Home, *answerers: Scripted) -> Home:
    """The same home, answering otherwise."""
    home = Home(office.settings)
    shared = {name: getattr(office, name) for name in ("engine", "embedder", "indexes", "retriever", "conversations")}
    home.__dict__.update(shared, answerers={one.name: one for one in answerers})
    return home


def client_of(home: Home, email: str = "") -> TestClient:
    headers = {"Authorization": "Bearer the-key"} | ({AS_HEADER: email} if email else {})
    return TestClient(make_app(home, "the-key"), "http://127.0.0.1", headers=headers, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client(office: Home) -> TestClient:
    return client_of(office, SAM)


@pytest.fixture(scope="module")
def address(office: Home) -> Iterator[str]:
    with served(office) as url:
        yield url


def events_of(response: Any) -> list[dict[str, Any]]:
    lines = response.text.splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


def asked(client: TestClient, question: str, **more: str) -> list[dict[str, Any]]:
    return events_of(client.post("/api/ask", json={"question": question, **more}))


def test_ask_streams_the_events(client: TestClient) -> None:
    response = client.post("/api/ask", json={"question": LEAVE})
    kinds = [event["kind"] for event in events_of(response)]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert (kinds[0], kinds[-1], set(kinds[1:-1])) == ("found", "done", {"token"})


def test_a_conversation_goes_on_and_is_read_back(client: TestClient) -> None:
    first = asked(client, LEAVE)[-1]
    asked(client, "And who blocks a lost badge?", conversation=first["conversation"])
    said = client.get(f"/api/conversations/{first['conversation']}").json()
    assert [(one["role"], one["status"]) for one in said] == [("user", "asked"), ("assistant", "answered")] * 2
    assert first["conversation"] in [one["id"] for one in client.get("/api/conversations").json()]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("stranger", [HANA, ""], ids=["another person", "nobody"])
def test_conversations_of_others_do_not_exist(office: Home, client: TestClient, method: str, stranger: str) -> None:
    talk = asked(client, LEAVE)[-1]["conversation"]
    response = client_of(office, stranger).request(method, f"/api/conversations/{talk}")
    assert (response.status_code, response.json()["detail"]) == (404, "There is no such conversation")
    assert client.get(f"/api/conversations/{talk}").status_code == 200


def test_a_conversation_of_somebody_else_cannot_be_continued(office: Home, client: TestClient) -> None:
    talk = asked(client, LEAVE)[-1]["conversation"]
    response = client_of(office, HANA).post("/api/ask", json={"question": LEAVE, "conversation": talk})
    assert response.status_code == 404


def test_forgetting_a_conversation_removes_it(client: TestClient) -> None:
    talk = asked(client, LEAVE)[-1]["conversation"]
    assert client.delete(f"/api/conversations/{talk}").status_code == 204
    assert client.get(f"/api/conversations/{talk}").status_code == 404


def test_a_source_opens_with_what_stands_around_it(client: TestClient) -> None:
    source = asked(client, LEAVE)[0]["sources"][0]
    opened = client.get(f"/api/chunks/{source['chunk']}").json()
    assert (opened["uri"], opened["title"]) == ("office/leave.md", "Annual leave")
    assert "Every employee has 27 days" in opened["text"]
    assert "Leave is booked in Meadow" in opened["after"]
    assert opened["contact"] == "people@office.example"


def test_a_source_is_authorised_again_when_it_is_opened(office: Home) -> None:
    sources = asked(client_of(office, HANA), PAY)[0]["sources"]
    bands = next(source["chunk"] for source in sources if source["uri"] == "office/hr/bands.md")
    assert client_of(office, HANA).get(f"/api/chunks/{bands}").status_code == 200
    refused = client_of(office, SAM).get(f"/api/chunks/{bands}")
    assert (refused.status_code, "49,700" in refused.text, "bands" in refused.text) == (404, False, False)


def test_me_says_who_the_server_takes_the_caller_for(office: Home) -> None:
    assert client_of(office, "Hana@Office.example").get("/api/me").json() == {
        "email": HANA,
        "name": "Hana",
        "audiences": ["everyone", "group:hr"],
        "documents": 4,
        "keep_days": 0,
    }
    assert client_of(office).get("/api/me").json() == {
        "email": "",
        "name": "",
        "audiences": ["everyone"],
        "documents": 3,
        "keep_days": 0,
    }


def test_documents_are_those_that_the_caller_may_read(office: Home) -> None:
    uris = [[one["uri"] for one in client_of(office, who).get("/api/documents").json()] for who in (SAM, HANA)]
    public = ["office/badges.md", "office/laptops.md", "office/leave.md"]
    assert uris == [public, ["office/badges.md", "office/hr/bands.md", *public[1:]]]


def test_people_are_listed_in_the_demo_only(office: Home, client: TestClient) -> None:
    assert client.get("/api/people").status_code == 403
    demo = Home(office.settings.model_copy(update={"demo": True}))
    demo.__dict__["engine"] = office.engine
    listed = client_of(demo).get("/api/people").json()
    assert [one["name"] for one in listed] == ["Hana", "Marcus", "Sam"]


def test_many_long_answers_hold_up_nobody_elses_short_request(office: Home) -> None:
    waiting = Waiting()
    body = {"messages": [{"role": "user", "content": LEAVE}]}
    headers = {"Authorization": f"Bearer {service_key(office.settings.home)}"}
    with (
        served(with_answerers(office, waiting)) as url,
        httpx.Client(base_url=url, headers=headers, trust_env=False, limits=httpx.Limits(), timeout=60) as client,
        ThreadPoolExecutor(50) as pool,
    ):
        asked = [pool.submit(client.post, "/v1/chat/completions", json=body) for _ in range(50)]
        try:
            deadline = time.monotonic() + 20
            while waiting.begun < 50 and time.monotonic() < deadline:
                time.sleep(0.01)
            begun = time.monotonic()
            assert client.get("/api/me", timeout=10).status_code == 200
            assert time.monotonic() - begun < 5
        finally:
            waiting.go_on.set()
        assert {one.result().status_code for one in asked} == {200}


def test_readyz_says_from_how_much_one_may_read_and_by_whom(client: TestClient, office: Home) -> None:
    assert client_of(office, HANA).get("/readyz").json()["documents"] == 4
    assert client.get("/readyz").json() == {
        "status": "ready",
        "documents": 3,
        "chunks": 4,
        "model": "quoting",
        "demo": False,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "detail"),
    [
        ("POST", "/api/ask", {"question": " "}, 422, "The question is empty. Please type one"),
        ("POST", "/api/ask", {"question": "x" * 100_000}, 422, "The question has 100,000 characters; 8,000"),
        (
            "POST",
            "/api/ask",
            {"question": "Leave?", "model": "gpt-9"},
            404,
            "There is no model 'gpt-9'. Known are: quo",
        ),
        ("POST", "/api/ask", {"question": "Leave?", "as": "boss"}, 422, "body.as: "),
        ("POST", "/api/ask", {}, 422, "body.question: Field required"),
        ("GET", "/nowhere", None, 404, "See /openapi.json for what this server offers"),
        ("PUT", "/api/ask", None, 405, "See /openapi.json"),
        ("GET", "/docs", None, 404, "See /openapi.json"),
        ("GET", "/api/chunks/none", None, 404, "This source is no longer there, or you may not read it"),
    ],
    ids=["empty", "too long", "unknown model", "unknown field", "no question", "path", "method", "docs", "chunk"],
)
def test_errors_are_problem_documents(
    client: TestClient, method: str, path: str, body: object, status: int, detail: str
) -> None:
    response = client.request(method, path, json=body)
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["detail"].startswith(detail)
    assert len(problem["id"]) == 8


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b'{"question": "\\ud800 leave"}', b"[1, 2]"])
def test_a_body_that_is_no_text_is_a_problem_document(client: TestClient, body: bytes) -> None:
    response = client.post("/api/ask", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_an_unknown_person_is_not_taken_for_nobody(office: Home) -> None:
    response = client_of(office, "eve@evil.example").get("/api/me")
    assert (response.status_code, response.json()["title"]) == (404, "Missing")


def test_a_surprise_is_a_problem_without_a_stack_trace(office: Home) -> None:
    response = client_of(with_answerers(office, Surprise([]))).post("/api/ask", json={"question": LEAVE})
    assert (response.status_code, response.json()["detail"]) == (500, "Something went wrong. Please try again")
    assert not any(word in response.text for word in ("ZeroDivisionError", "Traceback", "secret"))


def test_a_surprise_in_mid_stream_is_a_failed_event(office: Home) -> None:
    home = with_answerers(office, Scripted([Piece("You have "), KeyError("/srv/secret")]))
    response = client_of(home).post("/api/ask", json={"question": LEAVE})
    assert [event["kind"] for event in events_of(response)] == ["found", "token", "failed"]
    assert "secret" not in response.text


def test_a_failed_completion_is_a_503_with_the_error_id(office: Home) -> None:
    home = with_answerers(office, Scripted([KeyError("/srv/secret")]))
    body = {"model": "", "messages": [{"role": "user", "content": LEAVE}]}
    response = client_of(home).post("/v1/chat/completions", json=body)
    assert response.status_code == 503
    assert response.json()["detail"].startswith("Something went wrong. Please try again (error ")


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_a_client_that_goes_away_stops_the_work(office: Home, path: str) -> None:
    slow = Slow()
    body = {"question": LEAVE} if path == "/api/ask" else {
        "stream": True, "messages": [{"role": "user", "content": LEAVE}],
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {service_key(office.settings.home)}"}
    with served(with_answerers(office, slow)) as url:
        with httpx.stream("POST", f"{url}{path}", json=body, headers=headers, trust_env=False) as response:
            lines = response.iter_lines()
            while "word" not in next(lines):
                pass
        assert slow.stopped.wait(5)
    assert slow.given < 1000


def test_two_questions_are_answered_at_the_same_time(office: Home) -> None:
    slow, quick = Slow(), Scripted([Piece("Quick.")], "quick")
    headers = {"Authorization": f"Bearer {service_key(office.settings.home)}"}
    with (
        served(with_answerers(office, slow, quick)) as url,
        httpx.Client(base_url=url, headers=headers, trust_env=False) as client,
        client.stream("POST", "/api/ask", json={"question": LEAVE, "model": "slow"}) as running,
    ):
        lines = running.iter_lines()
        next(lines)
        assert "Quick." in client.post("/api/ask", json={"question": LEAVE, "model": "quick"}).text
        assert not slow.stopped.is_set()


def test_the_home_of_a_server_is_its_owners_alone(office: Home, address: str) -> None:
    home = office.settings.home
    assert (home.stat().st_mode & 0o777, (home / "service.key").stat().st_mode & 0o777) == (0o700, 0o600)
