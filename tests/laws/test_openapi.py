"""Whatever is sent, the server never answers with a failure of its own: schemathesis makes requests up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings

from app import people
from app.bootstrap import Home
from app.door import service_key
from app.identity import sessions
from app.people import Person
from app.server import make_app
from app.settings import Settings
from retrieval.embedder import Embedder
from tests.serving import served

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(600)]
ADMIN = "ada@office.example"
EXAMPLES = 6
STARTS_A_PROCESS = {"POST /api/runs", "PUT /api/uploads/{name}"}  # tests/app/test_run_routes.py sends them bad input
SERVICE = ("/api/slack", "/api/login", "/api/feedback")


@dataclass
class Running:
    url: str
    home: Home
    http: requests.Session

    def bearer(self, path: str) -> str:
        """Whoever gets past the gate of this route."""
        is_service = path.startswith(SERVICE)
        return service_key(self.home.settings.home) if is_service else sessions.begin(self.home.engine, ADMIN)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Running]:
    home = Home(Settings(home=tmp_path_factory.mktemp("openapi") / "home", login="local", questions_per_minute=0))
    home.__dict__["embedder"] = embedder
    people.add(home.engine, Person(ADMIN, "Ada", ("admins",), ""))
    with served(home) as url, requests.Session() as http:
        http.trust_env = False
        yield Running(url, home, http)
    home.engine.dispose()


def test_no_request_is_answered_with_a_failure_of_ours(running: Running) -> None:
    schema = schemathesis.openapi.from_dict(make_app(running.home, "key").openapi())
    tried, wrong = set(), []
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.label in STARTS_A_PROCESS:
            continue
        tried.add(operation.label)

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            headers = {"Authorization": f"Bearer {running.bearer(case.path)}"}
            response = case.call(base_url=running.url, session=running.http, headers=headers, timeout=20)
            if response.status_code >= 500:
                wrong.append(f"{case.as_curl_command()} -> {response.status_code} {response.text[:200]}")

        send()
    assert len(tried) > 50
    assert wrong == []
