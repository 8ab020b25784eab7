"""People over HTTP: nothing changes before somebody has seen what would."""

import httpx
import pytest

from app.admin.people_change import everybody
from app.bootstrap import Home
from tests.app.admin.conftest import ADMIN, EMPLOYEE, EVERYBODY

FILE = (
    "email,name,groups,country\nada@office.example,Ada Finch,admins,GB\nsam@office.example,Sam Whitlock,hr,GB\n"
    "new@office.example,=cmd(),,\n"
)


def test_everybody_is_listed_with_groups(reader: httpx.Client) -> None:
    found = {one["email"]: one["groups"] for one in reader.get("/api/admin/people").json()}
    assert (found[ADMIN], found[EMPLOYEE], len(found)) == (["admins"], [], 4)


def test_a_preview_says_what_would_change_and_changes_nothing(managed: Home, http: httpx.Client) -> None:
    told = http.post("/api/admin/people/preview", content=FILE).json()
    assert told == {
        "added": ["new@office.example"],
        "removed": ["hana@office.example", "marcus@office.example"],
        "changed": {EMPLOYEE: ["joins hr"]},
        "unchanged": 1,
    }
    assert len(everybody(managed.engine)) == len(EVERYBODY)


def test_an_import_changes_what_the_preview_said(managed: Home, http: httpx.Client) -> None:
    told = http.post("/api/admin/people/preview", content=FILE).json()
    assert http.put("/api/admin/people", content=FILE).json() == told
    assert [one.email for one in everybody(managed.engine)] == [ADMIN, "new@office.example", EMPLOYEE]


def test_an_exported_file_holds_no_formula_and_can_be_imported_again(managed: Home, http: httpx.Client) -> None:
    http.put("/api/admin/people", content=FILE)
    file = http.get("/api/admin/people.csv").text
    assert "new@office.example,'=cmd(),," in file
    assert http.post("/api/admin/people/preview", content=file).json()["unchanged"] == 3


@pytest.mark.parametrize(
    ("file", "detail"),
    [
        (FILE.replace(",admins,", ",,"), "would take you, ada@office.example, out of group:admins"),
        ("name\nAda\n", "must begin with the line email,name,groups,country"),
        (FILE + "not an address,X,,\n", "The file line 5: an e-mail address was expected"),
        ("", "must begin with"),
    ],
)
def test_a_file_that_is_wrong_or_locks_the_admin_out_changes_nothing(
    reader: httpx.Client, file: str, detail: str
) -> None:
    for method, path in (("POST", "/api/admin/people/preview"), ("PUT", "/api/admin/people")):
        response = reader.request(method, path, content=file)
        assert (response.status_code, detail in response.json()["detail"]) == (422, True)
    assert len(reader.get("/api/admin/people").json()) == len(EVERYBODY)


def test_audiences_come_with_members_and_documents(reader: httpx.Client) -> None:
    found = {one["id"]: (one["members"], one["documents"]) for one in reader.get("/api/admin/audiences").json()}
    assert found == {"everyone": (4, 3), "group:admins": (1, 0), "group:hr": (1, 1), "group:managers": (1, 1)}
    assert next(iter(found)) == "everyone"
