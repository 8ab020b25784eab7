"""The locked door: without the home's key nobody gets anything but /healthz."""

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from app.bootstrap import Home
from app.door import service_key
from app.server import make_app
from retrieval.errors import Unusable

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")
PATHS = (
    "/readyz", "/v1/chat/completions", "/v1/models", "/api/ask", "/api/me", "/api/people", "/api/documents",
    "/api/chunks/x", "/api/conversations", "/api/conversations/x",
    "/api/answers", "/api/answers/x", "/api/answers/x/approve",
    "/api/sources", "/api/sources/x/schedule", "/api/runs", "/api/runs/x",
    "/api/runs/x/events", "/api/runs/x/x", "/api/uploads/x",
    "/api/slack/events", "/api/slack/cursors/x", "/api/slack/questions", "/api/slack/questions/claim",
    "/api/slack/questions/x/x/x", "/api/slack/ask", "/api/slack/chunks/x", "/api/slack/readable",
    "/api/slack/optouts/x", "/api/slack/optouts/x/x", "/api/slack/channels/x", "/api/slack/channels/x/x",
    "/api/login", "/api/login/password", "/api/login/link", "/api/login/link/use", "/api/login/oidc",
    "/api/login/oidc/back", "/api/session", "/api/me/password", "/api/accounts", "/api/accounts/x/link",
    "/api/accounts/x/suspended", "/api/keys", "/api/keys/x", "/api/audit", "/api/me/data", "/api/me/audit",
    "/api/conversations/x/break-glass",
    "/api/admin/audiences", "/api/admin/document", "/api/admin/document/access", "/api/admin/document/passages",
    "/api/admin/documents", "/api/admin/documents.csv", "/api/admin/failures", "/api/admin/health",
    "/api/admin/models", "/api/admin/models/roll-back", "/api/admin/models/x/x/card", "/api/admin/models/x/x/promote",
    "/api/admin/near-copies", "/api/admin/people", "/api/admin/people.csv", "/api/admin/people/preview",
    "/api/admin/review", "/api/admin/review/x/done", "/api/admin/settings", "/api/admin/slack", "/api/admin/sources",
    "/api/admin/training", "/api/admin/training/x",
    "/api/admin/unanswered", "/api/answers.csv", "/api/chunks/x/original", "/api/conversations/x/answer",
    "/api/conversations/x/answer/stop", "/api/conversations/x/messages/x", "/api/conversations/x/messages/x/verdict",
    "/api/conversations/x/suggestions", "/api/conversations/x/talk", "/api/hr-questions",
    "/api/hr-questions/x/settle", "/api/insights", "/api/insights/drift",
    "/api/insights/x.csv", "/api/questions", "/api/questions/measure",
    "/api/slack-exports/x", "/api/slack/rooms/x", "/api/slack/rooms/x/x", "/api/sources/x", "/metrics",
    "/api/feedback", "/docs", "/redoc", "/openapi.json", "/nowhere",
    "/", "/healthz/", "//healthz", "/HEALTHZ", "/healthz/../api/me",
)  # fmt: skip
KEY = {"Authorization": "Bearer the-key"}


@pytest.fixture(scope="module")
def client(office: Home) -> TestClient:
    return TestClient(make_app(office, "the-key"), base_url="http://127.0.0.1:8610")


def test_the_paths_here_are_all_that_the_server_has(office: Home) -> None:
    routes = {route.path for route in make_app(office, "k").routes if isinstance(route, APIRoute)}
    tried = {path.replace("/x", "/{}") for path in PATHS}
    assert {re.sub(r"{\w+}", "{}", path) for path in routes} - tried == {"/healthz"}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_without_the_key_every_route_and_method_answers_401(client: TestClient, method: str, path: str) -> None:
    response = client.request(method, path)
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    "header",
    ["Bearer wrong", "Bearer ", "Bearer", "the-key", "Basic the-key", "Bearer the-key2", "Bearer the-ke", "Bearer thé"],
)
def test_a_wrong_key_is_no_key(client: TestClient, header: str) -> None:
    assert client.get("/api/me", headers={b"Authorization": header.encode()}).status_code == 401


@pytest.mark.parametrize("header", ["Bearer the-key", "bearer the-key", "Bearer  the-key "])
def test_with_the_key_the_door_opens(client: TestClient, header: str) -> None:
    assert client.get("/api/me", headers={"Authorization": header}).status_code == 200


def test_healthz_needs_no_key_and_says_nothing_else(client: TestClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8610", "[bad", ""])
def test_a_wrong_host_is_refused_even_with_the_key(client: TestClient, host: str) -> None:
    response = client.get("/api/me", headers={**KEY, "Host": host})
    assert (response.status_code, response.json()["title"]) == (403, "Wrong host")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8610", "[::1]:8610"])
def test_the_machines_own_names_are_accepted(client: TestClient, host: str) -> None:
    assert client.get("/api/me", headers={**KEY, "Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", ""])
def test_a_foreign_origin_is_refused_even_with_the_key(client: TestClient, origin: str) -> None:
    response = client.post("/api/ask", headers={**KEY, "Origin": origin}, json={"question": "Leave?"})
    assert (response.status_code, response.json()["title"]) == (403, "Wrong origin")


def test_the_own_page_is_no_foreign_origin(client: TestClient) -> None:
    assert client.get("/api/me", headers={**KEY, "Origin": "http://localhost:8611"}).status_code == 200


def test_a_refusal_is_a_problem_document_with_an_id(client: TestClient) -> None:
    first, second = (client.get("/api/me") for _ in range(2))
    assert first.headers["content-type"] == "application/problem+json"
    assert {name: first.json()[name] for name in ("type", "title", "status", "detail")} == {
        "type": "about:blank",
        "title": "A bearer key is needed",
        "status": 401,
        "detail": "Send a valid key as Authorization: Bearer KEY, or sign in again",
    }
    assert first.json()["id"] != second.json()["id"]


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    first, second = service_key(tmp_path), service_key(tmp_path)
    assert first == second
    assert len(first) >= 40
    assert (tmp_path / "service.key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_could_read_is_closed(tmp_path: Path) -> None:
    service_key(tmp_path)
    (tmp_path / "service.key").chmod(0o644)
    service_key(tmp_path)
    assert (tmp_path / "service.key").stat().st_mode & 0o777 == 0o600


def test_two_homes_have_two_keys(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    assert service_key(tmp_path) != service_key(tmp_path / "other")


def test_an_empty_key_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "service.key").write_text("\n")
    with pytest.raises(Unusable, match=r"service\.key is empty\. Delete the file"):
        service_key(tmp_path)
