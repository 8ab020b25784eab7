"""Signing in over HTTP: only the page's process does it, and every request afterwards ends in one caller."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from app import people
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.identity import accounts, keys, passwords, sessions
from app.people import Person
from tests.app.identity.conftest import ADA, PASSWORD, SAM
from tests.serving import served


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, office: Home) -> Iterator[Home]:
    """A home with the office's embedder, people and local logins, shared by these tests."""
    settings = office.settings.model_copy(update={"home": tmp_path_factory.mktemp("login") / "home", "login": "local"})
    made = Home(settings)
    made.__dict__["embedder"] = office.embedder
    people.add(made.engine, Person(ADA, "Ada", ("admins",), ""))
    people.add(made.engine, Person(SAM, "Sam", (), ""))
    for email in (ADA, SAM):
        accounts.set_password(made.engine, email, passwords.hashed(PASSWORD))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def url(home: Home) -> Iterator[str]:
    with served(home) as address:
        yield address


@pytest.fixture(scope="module")
def bring(url: str) -> Iterator[Callable[..., httpx.Response]]:
    """Send a request with this token."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:

        def send(token: str, method: str, path: str, **more: object) -> httpx.Response:
            headers = {"Authorization": f"Bearer {token}"} | more.pop("headers", {})  # type: ignore[operator]
            return client.request(method, path, headers=headers, **more)  # type: ignore[arg-type]

        yield send


@pytest.fixture(scope="module")
def service(home: Home) -> str:
    return service_key(home.settings.home)


Send = Callable[..., httpx.Response]


def test_a_session_begins_with_the_password_and_ends_with_the_sign_out(bring: Send, service: str) -> None:
    typed = {"email": SAM, "password": PASSWORD, "address": "10.0.0.1"}
    token = bring(service, "POST", "/api/login/password", json=typed).json()["token"]
    who = bring(token, "GET", "/api/session").json()
    assert who == {"email": SAM, "name": "Sam", "admin": False, "has_password": True}
    assert bring(token, "GET", "/api/me").json()["email"] == SAM
    assert bring(token, "DELETE", "/api/session").status_code == 204
    assert bring(token, "GET", "/api/me").status_code == 401


def test_a_wrong_password_is_401_and_says_nothing_else(bring: Send, service: str) -> None:
    typed = {"email": SAM, "password": "not the password", "address": "10.0.0.2"}
    response = bring(service, "POST", "/api/login/password", json=typed)
    assert (response.status_code, response.json()["detail"]) == (401, "The e-mail address or the password is wrong")


def test_too_many_guesses_are_429_and_say_when_to_come_back(bring: Send, service: str) -> None:
    typed = {"email": "eve@office.example", "password": "x" * 300, "address": "10.0.0.3"}
    answers = [bring(service, "POST", "/api/login/password", json=typed) for _ in range(11)]
    assert [one.status_code for one in answers] == [401] * 10 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 15 * 60


def test_only_the_service_signs_people_in(bring: Send, home: Home, service: str) -> None:
    token = sessions.begin(home.engine, ADA)
    typed = {"email": SAM, "password": PASSWORD}
    assert bring(token, "POST", "/api/login/password", json=typed).status_code == 403
    as_ada = {AS_HEADER: ADA}
    assert bring(service, "POST", "/api/login/password", json=typed, headers=as_ada).status_code == 403


@pytest.mark.parametrize("kind", ["session", "key"])
def test_nobody_but_the_service_speaks_for_another(bring: Send, home: Home, kind: str) -> None:
    key = keys.create(home.engine, ADA, "", "manage", 1)[1]
    token = sessions.begin(home.engine, ADA) if kind == "session" else key
    for other in (SAM, "", ADA):
        response = bring(token, "GET", "/api/me", headers={AS_HEADER: other})
        assert (response.status_code, response.json()["title"]) == (403, "Forbidden")


@pytest.mark.parametrize("header", ["X-Forwarded-User", "X-Forwarded-Email", "Remote-User", "X-Forwarded-For"])
def test_what_a_proxy_might_say_makes_nobody_somebody(bring: Send, home: Home, header: str) -> None:
    token = sessions.begin(home.engine, SAM)
    assert bring(token, "GET", "/api/me", headers={header: ADA}).json()["email"] == SAM
    assert bring("nothing", "GET", "/api/me", headers={header: ADA}).status_code == 401


def test_a_suspended_person_is_nobody_from_the_next_request_on(bring: Send, home: Home, service: str) -> None:
    people.add(home.engine, Person("mia@office.example", "Mia", (), ""))
    token = sessions.begin(home.engine, "mia@office.example")
    assert bring(token, "GET", "/api/me").status_code == 200
    accounts.suspend(home.engine, "mia@office.example")
    assert bring(token, "GET", "/api/me").status_code == 401
    spoken_for = bring(service, "GET", "/api/me", headers={AS_HEADER: "mia@office.example"})
    assert (spoken_for.status_code, "is suspended" in spoken_for.json()["detail"]) == (403, True)


def test_a_key_that_asks_does_not_manage_and_a_revoked_one_does_nothing(bring: Send, home: Home) -> None:
    asks, manages = (keys.create(home.engine, ADA, "", scope, 1) for scope in ("ask", "manage"))
    assert bring(asks[1], "GET", "/v1/models").status_code == 200
    refused = bring(asks[1], "GET", "/api/runs")
    assert (refused.status_code, refused.json()["detail"][:22]) == (403, "This key may only ask.")
    assert bring(manages[1], "GET", "/api/runs").status_code == 200
    keys.revoke(home.engine, manages[0].id)
    assert bring(manages[1], "GET", "/api/runs").status_code == 401


def test_a_link_is_looked_at_and_used_once(bring: Send, home: Home, service: str) -> None:
    people.add(home.engine, Person("new@office.example", "New", (), ""))
    token = sessions.begin(home.engine, ADA)
    made = bring(token, "POST", "/api/accounts/new@office.example/link").json()["link"]
    link = {"link": made.partition("=")[2]}
    assert bring(service, "POST", "/api/login/link", json=link).json() == {
        "email": "new@office.example",
        "first": False,
    }
    used = bring(service, "POST", "/api/login/link/use", json=link | {"password": PASSWORD})
    assert bring(used.json()["token"], "GET", "/api/me").json()["name"] == "New"
    assert bring(service, "POST", "/api/login/link", json=link).status_code == 404


def test_a_password_is_changed_by_its_owner_and_other_sessions_end(bring: Send, home: Home) -> None:
    people.add(home.engine, Person("kim@office.example", "Kim", (), ""))
    accounts.set_password(home.engine, "kim@office.example", passwords.hashed(PASSWORD))
    here, there = (sessions.begin(home.engine, "kim@office.example") for _ in range(2))
    wanted = {"old": PASSWORD, "new": "quite another password"}
    new = bring(here, "PUT", "/api/me/password", json=wanted).json()["token"]
    assert [bring(one, "GET", "/api/session").status_code for one in (here, there, new)] == [401, 401, 200]


def test_where_no_provider_is_configured_there_is_none(bring: Send, service: str) -> None:
    assert bring(service, "POST", "/api/login/oidc").status_code == 404
    assert bring(service, "GET", "/api/login").json() == {"login": "local", "has_admin": True}


def test_a_key_in_no_ascii_is_no_key(url: str) -> None:
    with httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/api/me", headers={b"Authorization": b"Bearer th\xc3\xa9"}).status_code == 401


def test_a_body_that_is_far_too_large_is_refused_told_or_not(bring: Send, service: str) -> None:
    def parts() -> Iterator[bytes]:
        for _ in range(3 * 1024):
            yield b"x" * 1024

    for content in (b"x" * (3 * 2**20), parts()):
        response = bring(service, "POST", "/api/ask", content=content, headers={"Content-Type": "application/json"})
        assert (response.status_code, "2 MiB at most" in response.text) == (413, True)


def test_one_person_asks_only_so_often(bring: Send, home: Home, url: str) -> None:
    token = sessions.begin(home.engine, SAM)
    question = {"model": "frontdesk", "messages": [{"role": "user", "content": "Leave?"}]}
    headers = {"Authorization": f"Bearer {token}"}
    limited = Home(home.settings.model_copy(update={"questions_per_minute": 2}))
    limited.__dict__["embedder"] = home.embedder
    with served(limited) as slow, httpx.Client(base_url=slow, trust_env=False, timeout=60) as client:
        answers = [client.post("/v1/chat/completions", json=question, headers=headers) for _ in range(3)]
    limited.engine.dispose()
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
