"""What Prometheus reads: questions by outcome, requests by route, runs and documents."""

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from app.bootstrap import Home
from app.observation.ended import Ended
from app.observation.metrics import Metrics
from tests.app.test_server import HANA, LEAVE, SAM, asked, client_of


def samples(text: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each value by its name and the values of its labels, in the order of their names."""
    families = text_string_to_metric_families(text)
    return {
        (one.name, tuple(one.labels[name] for name in sorted(one.labels))): one.value
        for family in families
        for one in family.samples
    }


@pytest.fixture
def fresh(office: Home) -> Home:
    """The office with metrics of its own."""
    home = Home(office.settings)
    shared = {name: getattr(office, name) for name in ("engine", "embedder", "indexes", "retriever", "conversations")}
    home.__dict__.update(shared)
    return home


@pytest.fixture
def service(fresh: Home) -> TestClient:
    return client_of(fresh)


def test_answers_are_counted_by_outcome_and_model(fresh: Home, service: TestClient) -> None:
    asked(client_of(fresh, SAM), LEAVE)
    found = samples(service.get("/metrics").text)
    assert found["frontdesk_answers_total", ("quoting", "answered")] == 1
    assert found["frontdesk_answer_seconds_count", ("total",)] == 1
    assert found["frontdesk_requests_total", ("POST", "/api/ask", "200")] == 1


def test_what_is_known_and_what_ran_is_told(service: TestClient) -> None:
    found = samples(service.get("/metrics").text)
    assert (found["frontdesk_documents", ()], found["frontdesk_chunks", ()]) == (5, 6)
    assert found["frontdesk_runs", ("done",)] == 1


@pytest.mark.parametrize("address", ["/api/conversations/an-id-of-somebody", "/no/such/place", "/another/one"])
def test_no_address_becomes_a_series_of_its_own(fresh: Home, service: TestClient, address: str) -> None:
    client_of(fresh, SAM).get(address)
    text = service.get("/metrics").text
    assert address not in text
    assert 'status="404"' in text


def test_a_request_without_a_key_is_counted_and_told_nothing(fresh: Home, service: TestClient) -> None:
    nobody = TestClient(service.app, "http://127.0.0.1")
    assert nobody.get("/metrics").status_code == 401
    assert samples(service.get("/metrics").text)["frontdesk_requests_total", ("any", "none", "401")] == 1


@pytest.mark.parametrize("email", [SAM, HANA])
def test_people_who_are_no_admins_get_no_metrics(fresh: Home, email: str) -> None:
    assert client_of(fresh, email).get("/metrics").status_code == 403


def test_tokens_and_stages_are_added_up(office: Home) -> None:
    metrics = Metrics(office.engine)
    for _ in range(2):
        metrics.ended(Ended("answered", "llama", {"search": 20.0, "total": 1500.0}, 700))
    found = samples(metrics.text().decode())
    assert found["frontdesk_prompt_tokens_total", ("llama",)] == 1400
    assert found["frontdesk_answer_seconds_sum", ("total",)] == 3.0
    assert found["frontdesk_answer_seconds_bucket", ("0.025", "search")] == 2
