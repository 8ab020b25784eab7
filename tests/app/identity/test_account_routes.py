"""Admins look after people's logins; everybody after their own keys; both is written down."""

from collections.abc import Callable

import httpx
import pytest

from app import people
from app.bootstrap import Home
from app.identity import audit, sessions
from app.people import Person
from tests.app.identity.conftest import ADA, SAM
from tests.app.identity.test_login_routes import Send, bring, home, service, url  # noqa: F401 - shared fixtures


@pytest.fixture
def ada(bring: Send, home: Home) -> Callable[..., httpx.Response]:  # noqa: F811
    token = sessions.begin(home.engine, ADA)
    return lambda *request, **more: bring(token, *request, **more)


@pytest.fixture
def sam(bring: Send, home: Home) -> Callable[..., httpx.Response]:  # noqa: F811
    token = sessions.begin(home.engine, SAM)
    return lambda *request, **more: bring(token, *request, **more)


def test_an_admin_invites_somebody_who_then_is_known(ada: Send, home: Home) -> None:  # noqa: F811
    made = ada("POST", "/api/accounts", json={"email": "Bo@Office.example", "name": "Bo", "groups": ["hr"]})
    assert made.status_code == 201
    assert made.json()["link"].startswith("http://127.0.0.1:8611/welcome?link=fdl_")
    known = {one["email"]: one for one in ada("GET", "/api/accounts").json()}
    assert known["bo@office.example"] == {
        "email": "bo@office.example",
        "name": "Bo",
        "suspended": False,
        "signs_in": False,
    }
    assert [one.what for one in audit.listed(home.engine, on="bo@office.example")] == ["invited"]


@pytest.mark.parametrize("body", [{"email": "bo"}, {"email": "bo@x.example", "groups": ["a group"]}])
def test_an_odd_address_or_group_is_refused(ada: Send, body: dict[str, object]) -> None:
    assert ada("POST", "/api/accounts", json=body).status_code == 422


def test_an_admin_suspends_and_lets_in_again_but_not_oneself(ada: Send, home: Home) -> None:  # noqa: F811
    people.add(home.engine, Person("lou@office.example", "Lou", (), ""))
    place = "/api/accounts/lou@office.example/suspended"
    assert (ada("PUT", place).status_code, ada("DELETE", place).status_code) == (204, 204)
    refused = ada("PUT", f"/api/accounts/{ADA}/suspended")
    assert (refused.status_code, "yourself out" in refused.json()["detail"]) == (422, True)
    assert ada("PUT", "/api/accounts/eve@office.example/suspended").status_code == 404
    done = [one.what for one in audit.listed(home.engine, on="lou@office.example")]
    assert done == ["let in again", "suspended"]


def test_somebody_else_looks_after_nobody(sam: Send) -> None:
    for method, path in (
        ("GET", "/api/accounts"),
        ("POST", f"/api/accounts/{ADA}/link"),
        ("PUT", f"/api/accounts/{ADA}/suspended"),
        ("DELETE", f"/api/accounts/{ADA}/suspended"),
        ("GET", "/api/audit"),
    ):
        assert sam(method, path).status_code == 403


def test_people_make_list_and_revoke_their_own_keys(sam: Send, ada: Send, bring: Send) -> None:  # noqa: F811
    made = sam("POST", "/api/keys", json={"name": "report", "days": 5}).json()
    assert bring(made["key"], "GET", "/api/me").json()["email"] == SAM
    [listed] = [one for one in sam("GET", "/api/keys").json() if one["id"] == made["id"]]
    assert (listed["name"], listed["scope"], listed["stands"]) == ("report", "ask", "valid")
    assert made["key"] not in sam("GET", "/api/keys").text
    adas = ada("POST", "/api/keys", json={"scope": "manage"}).json()
    assert sam("DELETE", f"/api/keys/{adas['id']}").status_code == 404
    assert adas["id"] not in sam("GET", "/api/keys").text
    assert sam("DELETE", f"/api/keys/{made['id']}").status_code == 204
    assert bring(made["key"], "GET", "/api/me").status_code == 401
    assert made["id"] in ada("GET", "/api/audit").text


def test_only_an_admin_makes_a_key_that_manages_and_a_key_makes_none(sam: Send, bring: Send) -> None:  # noqa: F811
    assert sam("POST", "/api/keys", json={"scope": "manage"}).status_code == 403
    assert sam("POST", "/api/keys", json={"days": 0}).status_code == 422
    key = sam("POST", "/api/keys", json={}).json()["key"]
    assert bring(key, "POST", "/api/keys", json={}).status_code == 403
