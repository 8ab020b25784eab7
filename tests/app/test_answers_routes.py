"""Answers that a person wrote, over HTTP: for admins."""

from collections.abc import Iterator

import httpx
import pytest

from app import people
from app.answers_routes import ROUTES
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.people import Person
from tests.serving import served

ADMIN, EMPLOYEE = "ada@office.example", "sam@office.example"
NEW = {
    "question": "May I take my annual leave in half days?",
    "answer": "Yes: book 0.5.",
    "sources": ["office/leave.md"],
}


@pytest.fixture
def http(own_office: Home) -> Iterator[httpx.Client]:
    people.replace_all(own_office.engine, [Person(ADMIN, "Ada", ("admins",), ""), Person(EMPLOYEE, "Sam", (), "")])
    headers = {"Authorization": f"Bearer {service_key(own_office.settings.home)}", AS_HEADER: ADMIN}
    with served(own_office) as url, httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


@pytest.mark.parametrize("email", [EMPLOYEE, ""], ids=["employee", "nobody"])
def test_who_is_no_admin_gets_nothing_and_changes_nothing(http: httpx.Client, email: str) -> None:
    kept = http.post("/api/answers", json=NEW).json()["id"]
    for path, method, _ in ROUTES:
        response = http.request(method, path.format(answer=kept), headers={AS_HEADER: email}, json=NEW)
        assert (path, response.status_code) == (path, 403)
    assert [one["stands"] for one in http.get("/api/answers").json()] == ["proposed"]


def test_an_answer_is_proposed_approved_given_and_deleted(http: httpx.Client) -> None:
    kept = http.post("/api/answers", json=NEW).json()["id"]
    assert http.post(f"/api/answers/{kept}/approve").status_code == 204
    assert [(one["id"], one["stands"]) for one in http.get("/api/answers").json()] == [(kept, "approved")]
    chat = {"model": "frontdesk", "messages": [{"role": "user", "content": "Can I take annual leave as half days?"}]}
    said = http.post("/v1/chat/completions", json=chat).json()["choices"][0]["message"]["content"]
    assert said == "Yes: book 0.5. [1]"
    assert http.delete(f"/api/answers/{kept}").status_code == 204
    assert http.get("/api/answers").json() == []
    assert "0.5" not in http.post("/v1/chat/completions", json=chat).text


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"audience": "hr"}, "an audience is everyone"),
        ({"sources": ["office/x.md"]}, "rests on office/x.md, which is not there"),
        ({"sources": ["office/hr/bands.md"]}, "is for group:hr only"),
        ({"answer": ""}, "answer"),
    ],
)
def test_a_wrong_one_is_refused_with_the_reason(http: httpx.Client, change: dict[str, object], detail: str) -> None:
    response = http.post("/api/answers", json=NEW | change)
    assert (response.status_code, detail in response.json()["detail"]) == (422, True)
    assert http.get("/api/answers").json() == []


def test_an_unknown_one_is_not_found(http: httpx.Client) -> None:
    assert http.post("/api/answers/x/approve").status_code == http.delete("/api/answers/x").status_code == 404


def test_a_changed_answer_takes_the_place_of_the_one_that_was_given(http: httpx.Client) -> None:
    kept = http.post("/api/answers", json=NEW).json()["id"]
    http.post(f"/api/answers/{kept}/approve")
    changed = http.put(f"/api/answers/{kept}", json=NEW | {"question": "May I take half days of annual leave?"}).json()
    assert [(one["id"], one["stands"]) for one in http.get("/api/answers").json()] == [(changed["id"], "proposed")]
    assert http.put(f"/api/answers/{kept}", json=NEW).status_code == 404


def test_answers_are_exported_without_formulas_and_imported_again(http: httpx.Client) -> None:
    http.post("/api/answers", json=NEW | {"answer": "=1+1"})
    file = http.get("/api/answers.csv").text
    assert ",'=1+1," in file
    http.delete(f"/api/answers/{http.get('/api/answers').json()[0]['id']}")
    assert http.post("/api/answers.csv", content=file).json() == {"proposed": 1}
    assert [one["answer"] for one in http.get("/api/answers").json()] == ["=1+1"]
    assert http.post("/api/answers.csv", content=file).json() == {"proposed": 0}


def test_a_csv_file_that_is_wrong_names_the_line(http: httpx.Client) -> None:
    response = http.post("/api/answers.csv", content="question,answer,owner,audience,sources,expires\nWhy?,,,,,\n")
    assert (response.status_code, response.json()["detail"]) == (
        422,
        "The file line 2: a question and an answer were expected",
    )
