"""Insights over HTTP, for admins only."""

import pytest

from app import people
from app.bootstrap import Home
from app.people import Person
from tests.app.conftest import PEOPLE
from tests.app.test_server import LEAVE, SAM, asked, client_of

ADA = "ada@office.example"


@pytest.fixture
def with_admin(own_office: Home) -> Home:
    people.replace_all(own_office.engine, [*PEOPLE, Person(ADA, "Ada", ("admins",), "")])
    return own_office


def test_an_admin_sees_how_questions_ended_but_not_their_words(with_admin: Home) -> None:
    asked(client_of(with_admin, SAM), LEAVE)
    response = client_of(with_admin, ADA).get("/api/insights", params={"days": 7})
    told = response.json()
    assert (len(told["days"]), told["total"]["answered"], told["used"][0]["uri"]) == (7, 1, "office/leave.md")
    assert "How many days" not in response.text


def test_without_the_drift_nothing_is_embedded_and_it_has_a_route_of_its_own(with_admin: Home) -> None:
    ada = client_of(with_admin, ADA)
    assert ada.get("/api/insights", params={"with_drift": False}).json()["drift"] is None
    assert ada.get("/api/insights/drift").json() == {"now": None, "before": None}


def test_a_table_comes_as_a_file_for_a_spreadsheet(with_admin: Home) -> None:
    response = client_of(with_admin, ADA).get("/api/insights/unused.csv")
    assert response.headers["content-disposition"] == 'attachment; filename="frontdesk-unused.csv"'
    assert response.text.splitlines()[:2] == ["uri,title,answers", "office/badges.md,Door badges,0"]


@pytest.mark.parametrize("path", ["/api/insights", "/api/insights/days.csv", "/api/insights/drift"])
def test_who_is_no_admin_sees_none(with_admin: Home, path: str) -> None:
    assert client_of(with_admin, SAM).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/api/insights?days=0", "/api/insights?days=x", "/api/insights/words.csv"])
def test_what_is_not_offered_is_said(with_admin: Home, path: str) -> None:
    assert client_of(with_admin, ADA).get(path).status_code == 422
