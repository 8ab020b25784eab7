"""The routes for the bot: for the service itself only; whoever will see an answer decides what it is built from."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app import people
from app.access import caller_for
from app.bootstrap import Home
from app.client import AS_HEADER
from app.people import Person
from app.server import make_app
from app.settings import Settings
from app.slack_routes import ROUTES
from ingest.report import NoProgress
from retrieval.embedder import Embedder
from retrieval.ledger import runs
from tests.app.conftest import FILES, PEOPLE
from tests.conftest import write

PAY, LEAVE = "What is the salary of grade G5 in Leeds?", "How many days of annual leave does every employee have?"
KILN = "When is the kiln of the second workshop lit?"
SECRET, KILN_SAYS = "49,700", "The kiln of the second workshop is lit on Thursdays."
HANA = {"user": "U1", "email": "hana@office.example"}
SAM = {"user": "U3", "email": "sam@office.example"}
GUEST = {"user": "U7", "email": "hana@office.example", "guest": True}
STRANGER = {"user": "U8", "email": "hana@office.example", "stranger": True}
UNKNOWN = {"user": "U9", "email": ""}
RULE = '\n[[rule]]\npaths = "kiln/**"\naudience = "slack:T1/G1"\n'


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    """The office with a document that only a private channel reads; Hana and Sam are in it."""
    folder = tmp_path_factory.mktemp("company")
    home = Home(Settings(home=folder / "home", evidence=0.2))
    home.__dict__["embedder"] = embedder
    files = FILES | {"audiences.toml": FILES["audiences.toml"] + RULE, "kiln/kiln.md": f"# Kiln\n\n{KILN_SAYS}\n"}
    home.ingest(write(folder / "office", files), "everyone", NoProgress())
    people.replace_all(home.engine, [*PEOPLE, Person("ada@office.example", "Ada", ("admins",), "GB")])
    runs.set_members(home.engine, {"slack:T1/G1": ["hana@office.example", "sam@office.example"]})
    yield home
    home.engine.dispose()


@pytest.fixture(scope="module")
def http(company: Home) -> TestClient:
    return TestClient(
        make_app(company, "the-key"), base_url="http://127.0.0.1", headers={"Authorization": "Bearer the-key"}
    )


Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def ask(http: TestClient) -> Ask:
    """The events of an answer in a channel."""

    def asked(question: str, asker: dict[str, Any] = SAM, kind: str = "public", **more: Any) -> list[dict[str, Any]]:
        where = {"team": "T1", "channel": "C1", "thread": "1.1", "readers": None, "ephemeral": False}
        body = where | {"asker": asker, "kind": kind, "question": question} | more
        response = http.post("/api/slack/ask", json=body)
        assert response.status_code == 200, response.text
        lines = [line.removeprefix("data:") for line in response.text.splitlines() if line.startswith("data:")]
        return [json.loads(line) for line in lines]

    return asked


BODIES: dict[str, dict[str, Any]] = {
    "/api/slack/events": {"id": "Ev1", "team": "T1", "type": "message", "body": {}},
    "/api/slack/cursors/{consumer}": {"seq": 1},
    "/api/slack/questions": {
        "team": "T1", "channel": "C1", "ts": "1.1", "thread": "1.1", "asker": "U1", "text": "?", "via": "mention",
    },
    "/api/slack/questions/claim": {"worker": "w"},
    "/api/slack/questions/{team}/{channel}/{ts}": {"worker": "w"},
    "/api/slack/ask": {
        "team": "T1", "channel": "C1", "thread": "1.1", "asker": SAM, "readers": None, "kind": "public",
        "ephemeral": False, "question": LEAVE,
    },
    "/api/slack/chunks/{chunk_id}": {"team": "T1", "channel": "C1", "reader": SAM},
    "/api/slack/rooms/{team}/{channel}": {"is_open": False, "readers": [SAM]},
    "/api/feedback": {"answer": "t:2", "who": "x", "verdict": "good"},
}  # fmt: skip
PLACES = {"consumer": "answering", "team": "T1", "channel": "C1", "ts": "1.1", "user": "U1", "chunk_id": "x"}
QUERIES = {"/api/slack/readable": "?team=T1&user=U1", "/api/slack/events": "?consumer=answering"}


def sent_to(http: TestClient, path: str, method: str, headers: dict[str, str]) -> tuple[int, str]:
    place = path.format(**PLACES) + (QUERIES.get(path, "?state=answering") if method == "GET" else "")
    body = BODIES.get(path) if method in ("POST", "PUT") else None
    response = http.request(method, place, json=body, headers=headers)
    return response.status_code, response.text


@pytest.mark.parametrize("email", ["ada@office.example", "sam@office.example", ""], ids=["admin", "employee", "nobody"])
@pytest.mark.parametrize(("path", "method"), [(path, method) for path, method, _ in ROUTES])
def test_who_speaks_for_somebody_gets_nothing(http: TestClient, path: str, method: str, email: str) -> None:
    status, text = sent_to(http, path, method, {AS_HEADER: email})
    assert (status, "Only the service itself" in text) == (403, True)


@pytest.mark.parametrize(("path", "method"), [(path, method) for path, method, _ in ROUTES])
def test_the_service_itself_gets_further(http: TestClient, path: str, method: str) -> None:
    assert sent_to(http, path, method, {})[0] in (200, 204, 404)


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/api/slack/cursors/nobody", "PUT", {"seq": 1}),
        ("/api/slack/cursors/answering", "PUT", {"seq": -1}),
        ("/api/slack/events?consumer=answering&limit=0", "GET", None),
        ("/api/slack/questions", "POST", BODIES["/api/slack/questions"] | {"channel": "C1/C2"}),
        ("/api/slack/questions", "POST", BODIES["/api/slack/questions"] | {"via": "pigeon"}),
        ("/api/slack/questions/claim", "POST", {"worker": ""}),
        ("/api/slack/ask", "POST", BODIES["/api/slack/ask"] | {"kind": "secret"}),
        ("/api/slack/ask", "POST", BODIES["/api/slack/ask"] | {"asker": SAM | {"admin": True}}),
        ("/api/slack/ask", "POST", BODIES["/api/slack/ask"] | {"question": " "}),
        ("/api/feedback", "POST", BODIES["/api/feedback"] | {"verdict": "fine"}),
        ("/api/feedback", "POST", BODIES["/api/feedback"] | {"reason": "x" * 2_001}),
        ("/api/slack/optouts/T1/U-1", "PUT", None),
    ],
)
def test_what_makes_no_sense_is_refused(http: TestClient, path: str, method: str, body: object) -> None:
    response = http.request(method, path, json=body)
    assert (response.status_code, "detail" in response.json()) == (422, True)


def shown(events: list[dict[str, Any]]) -> str:
    return json.dumps(events)


def test_in_private_everybody_is_answered_from_what_they_may_read(ask: Ask) -> None:
    assert SECRET in shown(ask(PAY, HANA, "direct"))
    assert SECRET in shown(ask(PAY, HANA, "public", ephemeral=True))
    assert SECRET in shown(ask(PAY, HANA, "private", channel="G2", thread="2.1", readers=[HANA]))
    for asker in (SAM, UNKNOWN, GUEST, STRANGER):
        assert SECRET not in shown(ask(PAY, asker, "direct", channel="D1", thread="3.1"))


@pytest.mark.parametrize("kind", ["public", "private"])
def test_where_others_see_it_nobody_gets_what_they_may_not_read(ask: Ask, kind: str) -> None:
    for number, readers in enumerate(([HANA, SAM], [HANA, UNKNOWN], [HANA, GUEST], None)):
        found = ask(PAY, HANA, kind, thread=f"4{kind}.{number}", readers=readers)
        assert not [part for part in (SECRET, "Salary bands", "bands.md") if part in shown(found)]


def test_a_private_channels_own_messages_are_for_its_members_and_there(ask: Ask) -> None:
    where = {"channel": "G1", "thread": "5.1"}
    assert KILN_SAYS in shown(ask(KILN, SAM, "private", readers=[SAM, GUEST], **where))
    assert KILN_SAYS in shown(ask(KILN, GUEST, "private", channel="G1", ephemeral=True))
    assert KILN_SAYS in shown(ask(KILN, SAM, "direct", channel="D1", thread="5.2"))
    assert KILN_SAYS not in shown(ask(KILN, SAM, "public", thread="5.3"))
    assert KILN_SAYS not in shown(ask(KILN, UNKNOWN, "direct", channel="D2", thread="5.4"))


def test_with_nothing_to_read_there_is_a_refusal_without_titles(ask: Ask) -> None:
    found, *_, last = ask(LEAVE, STRANGER, "direct", channel="D3", thread="6.1")
    assert (found["sources"], last["kind"], last["closest"]) == ([], "refused", [])
    assert "leave" not in last["answer"].lower()


def test_it_is_told_that_the_asker_alone_would_get_a_better_answer(ask: Ask) -> None:
    def better(question: str, asker: dict[str, Any], kind: str, thread: str) -> bool:
        found = ask(question, asker, kind, thread=thread, readers=[HANA, SAM, asker])[0]
        return bool(found["better_in_private"])

    assert better(PAY, HANA, "public", "7.1")
    assert better(PAY, HANA, "private", "7.2")
    assert not better(LEAVE, HANA, "public", "7.3")
    assert not better(PAY, SAM, "public", "7.4")
    assert not better(PAY, GUEST, "public", "7.5")
    assert not better(PAY, HANA, "direct", "7.6")
    assert not better("Which parrot sings in the canteen?", HANA, "public", "7.7")


def test_a_thread_is_one_conversation_for_all_who_ask_in_it(company: Home, ask: Ask) -> None:
    first, second = ask(LEAVE, SAM, thread="8.1"), ask("And who blocks a lost badge?", HANA, thread="8.1")
    conversation = first[-1]["conversation"]
    assert (second[-1]["conversation"], second[-1]["answer_id"]) == (conversation, f"{conversation}:4")
    assert ask(LEAVE, SAM, thread="8.2")[-1]["conversation"] != conversation
    sams, hanas = (
        [talk.id for talk in company.conversations.listed(caller_for(company.engine, one["email"]))]
        for one in (SAM, HANA)
    )
    assert (conversation in sams, conversation in hanas) == (True, False)


def test_an_answer_only_for_oneself_is_a_conversation_of_its_own(ask: Ask) -> None:
    public = ask(LEAVE, SAM, thread="9.1")[-1]["conversation"]
    alone = [ask(LEAVE, SAM, thread="9.1", ephemeral=True)[-1]["conversation"] for _ in range(2)]
    assert len({public, *alone}) == 3


def test_a_source_opens_for_whoever_clicks_on_it_and_may_read_it(company: Home, http: TestClient) -> None:
    hana = caller_for(company.engine, "hana@office.example")
    chunk = company.retriever.search(PAY, hana.scope, 1)[0].chunk.id
    kiln = company.retriever.search(KILN, hana.scope, 1)[0].chunk.id

    def opened(reader: dict[str, Any], wanted: str, channel: str = "C1") -> int:
        body = {"team": "T1", "channel": channel, "reader": reader}
        return http.post(f"/api/slack/chunks/{wanted}", json=body).status_code

    assert [opened(reader, chunk) for reader in (HANA, SAM, GUEST, STRANGER, UNKNOWN)] == [200, 404, 404, 404, 404]
    assert [opened(SAM, kiln), opened(GUEST, kiln), opened(GUEST, kiln, "G1")] == [200, 404, 200]


def test_it_is_told_how_much_somebody_may_read(http: TestClient) -> None:
    def told(**reader: str) -> tuple[int, list[str]]:
        found = http.get("/api/slack/readable", params={"team": "T1", **reader}).json()
        return found["documents"], found["audiences"]

    assert told(user="U1", email="hana@office.example") == (5, ["everyone", "group:hr", "slack:T1/G1"])
    assert told(user="U9") == (3, ["everyone"])
    assert told(user="U8", email="hana@office.example", stranger="true") == (0, [])


def test_nobody_asks_more_often_than_the_settings_allow_whichever_way(company: Home) -> None:
    limited = Home(company.settings.model_copy(update={"questions_per_minute": 2}))
    limited.__dict__["embedder"] = company.embedder
    head = {"Authorization": "Bearer the-key"}
    http = TestClient(make_app(limited, "the-key"), base_url="http://127.0.0.1", headers=head)
    where = {"team": "T1", "channel": "C1", "thread": "1.1", "readers": None, "kind": "public", "ephemeral": False}
    body = where | {"question": LEAVE}
    assert http.post("/api/ask", json={"question": LEAVE}, headers={AS_HEADER: SAM["email"]}).status_code == 200
    answers = [http.post("/api/slack/ask", json=body | {"asker": asker}) for asker in (SAM, SAM, HANA)]
    assert [one.status_code for one in answers] == [200, 429, 200]
    assert "You have asked 2 questions in a minute" in answers[1].json()["detail"]
    limited.engine.dispose()
