"""Sources and runs over HTTP: for admins, watched as they go."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from app import people
from app.bootstrap import Home
from app.client import AS_HEADER
from app.door import service_key
from app.people import Person
from app.run_routes import ROUTES, _uploads
from ingest.report import NoProgress
from retrieval.errors import LedgerBusy
from retrieval.ledger import documents, runs
from tests.app.commands import two_files
from tests.serving import served

pytestmark = pytest.mark.heavy  # each starts processes of its own

ADMIN, EMPLOYEE = "ada@office.example", "sam@office.example"


@pytest.fixture
def home(make_home: Callable[..., Home], tmp_path: Path) -> Home:
    made = make_home()
    made.ingest(two_files(tmp_path), "everyone", NoProgress())
    people.replace_all(made.engine, [Person(ADMIN, "Ada", ("admins",), "GB"), Person(EMPLOYEE, "Sam", ("hr",), "GB")])
    return made


@pytest.fixture
def http(home: Home) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {service_key(home.settings.home)}", AS_HEADER: ADMIN}
    with served(home) as url, httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
        yield client


def _wait_until_nobody_writes(home: Home) -> None:
    """A run's process is there a moment longer than its end is noted."""
    for _ in range(200):
        with suppress(LedgerBusy), home.alone():
            return
        time.sleep(0.05)
    raise AssertionError("The run's process does not end")


def watched(http: httpx.Client, run: int) -> list[dict[str, object]]:
    """What the stream tells until the run is over."""
    with http.stream("GET", f"/api/runs/{run}/events") as response:
        return [json.loads(line.removeprefix("data:")) for line in response.iter_lines() if line.startswith("data:")]


@pytest.mark.parametrize("email", [EMPLOYEE, ""], ids=["employee", "nobody"])
def test_who_is_no_admin_gets_nothing_and_changes_nothing(home: Home, http: httpx.Client, email: str) -> None:
    bodies = {"/api/runs": {"path": "notes"}, "/api/sources/{source}/schedule": {"every_minutes": 5}}
    for path, method, _ in ROUTES:
        place = path.format(source="notes", run=1, wish="pause", name="a.md")
        body = {"content": b"# A"} if method == "PUT" and "uploads" in path else {"json": bodies.get(path)}
        response = http.request(method, place, headers={AS_HEADER: email}, **body)
        assert (place, response.status_code) == (place, 403)
    assert len(runs.listed_runs(home.engine)) == 1
    assert [source.every_minutes for source in runs.listed_sources(home.engine)] == [0]


def test_a_run_is_started_by_a_sources_name_and_watched_to_its_end(http: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "notes" / "c.md").write_text("# Gamma\n\nGamma is third.\n")
    started = http.post("/api/runs", json={"path": "notes"})
    assert (started.status_code, started.json()["source"]) == (202, "notes")
    *_, last = watched(http, started.json()["id"])
    assert (last["state"], last["done"], last["total"]) == ("done", 3, 3)
    assert [run["state"] for run in http.get("/api/runs").json()] == ["done", "done"]


def test_a_relative_path_is_refused_because_it_depends_on_where_the_server_was_started(http: httpx.Client) -> None:
    response = http.post("/api/runs", json={"path": "tests"})
    assert (response.status_code, "an absolute path was expected" in response.json()["detail"]) == (422, True)


def test_slack_stands_for_the_live_workspace_and_is_no_relative_path(http: httpx.Client) -> None:
    response = http.post("/api/runs", json={"path": "slack"})  # there is no token, so the run itself says no
    assert (response.status_code, "FRONTDESK_SLACK_BOT_TOKEN" in response.json()["detail"]) == (422, True)


def test_a_path_that_is_not_there_is_refused_with_the_reason(http: httpx.Client) -> None:
    response = http.post("/api/runs", json={"path": "/nowhere"})
    assert response.status_code == 422
    assert "There is nothing at /nowhere" in response.json()["detail"]


def test_an_upload_is_ingested_and_without_an_audience_for_admins_only(home: Home, http: httpx.Client) -> None:
    for audience in ({}, {"audience": "group:hr"}):
        response = http.put("/api/uploads/gifts.md", content=b"# Gifts\n\nNo gifts above 30 pounds.", headers=audience)
        assert response.status_code == 202
        watched(http, response.json()["id"])
    found = {entry.uri.partition("/")[2]: entry.audience for entry in documents.entries(home.engine)}
    assert found["gifts.md"] == "group:hr"
    assert {entry.audience for entry in documents.entries(home.engine) if entry.title == "Gifts"} == {
        "group:admins",
        "group:hr",
    }


def test_audiences_that_look_alike_have_folders_of_their_own(home: Home) -> None:
    # group:a/b and group:a-b shared one: an upload for the one opened the other's documents to it.
    folders = {_uploads(home.settings.home, audience, "a.md") for audience in ("group:a/b", "group:a-b", "group:A-b")}
    assert len({folder.name.lower() for folder in folders}) == 3


def test_a_deleted_upload_does_not_come_back_with_the_next_one(home: Home, http: httpx.Client) -> None:
    for name in ("gifts.md", "travel.md"):
        watched(http, http.put(f"/api/uploads/{name}", content=b"# " + name.encode() + b"\n\nA rule.").json()["id"])
    (gifts,) = [entry.uri for entry in documents.entries(home.engine) if entry.title == "gifts.md"]
    _wait_until_nobody_writes(home)
    home.delete(gifts)
    assert not list(home.settings.home.rglob("gifts.md"))
    watched(http, http.put("/api/uploads/more.md", content=b"# More\n\nA rule.").json()["id"])
    assert "gifts.md" not in {entry.title for entry in documents.entries(home.engine)}


@pytest.mark.parametrize("name", ["..%2Fescape.md", ".hidden", "%00.md"])
def test_an_upload_cannot_leave_its_folder(home: Home, http: httpx.Client, name: str) -> None:
    response = http.put(f"/api/uploads/{name}", content=b"# Escape")
    assert response.status_code in (404, 422)
    assert not list(home.settings.home.parent.rglob("*escape*"))


def test_a_schedule_is_kept_and_shown(http: httpx.Client) -> None:
    assert http.put("/api/sources/notes/schedule", json={"every_minutes": 90}).status_code == 204
    (source,) = http.get("/api/sources").json()
    assert (source["name"], source["kind"], source["every_minutes"]) == ("notes", "folder", 90)
    assert http.put("/api/sources/nothing/schedule", json={"every_minutes": 90}).status_code == 404


def test_a_run_that_is_over_cannot_be_paused_and_an_unknown_wish_is_refused(http: httpx.Client) -> None:
    over, odd = http.post("/api/runs/1/pause"), http.post("/api/runs/1/explode")
    assert (over.status_code, odd.status_code) == (422, 422)
    assert "not running any more, it is done" in over.json()["detail"]


@pytest.mark.parametrize("name", ["setup.exe", "old.doc", "noending", "export.zip"])
def test_an_upload_of_a_kind_that_nobody_reads_is_refused_at_once_and_not_kept(
    home: Home, http: httpx.Client, name: str
) -> None:
    response = http.put(f"/api/uploads/{name}", content=b"x")
    assert (response.status_code, response.json()["detail"].startswith(f"{name} cannot be read: ")) == (422, True)
    assert not list(home.settings.home.rglob(name))


def test_an_upload_over_the_limit_is_refused_and_not_kept(home: Home, http: httpx.Client) -> None:
    response = http.put("/api/uploads/large.md", content=(b"x" * 2**20 for _ in range(50)))
    assert (response.status_code, response.json()["detail"]) == (422, "The file is larger than the limit of 32 MiB")
    assert not [file for file in home.settings.home.rglob("*") if file.is_file() and file.stat().st_size > 2**25]


def test_several_uploads_are_ingested_by_one_run(home: Home, http: httpx.Client) -> None:
    kept = http.put("/api/uploads/one.md", content=b"# One\n\nA rule.", headers={"more-to-come": "true"})
    assert (kept.status_code, len(http.get("/api/runs").json())) == (204, 1)
    watched(http, http.put("/api/uploads/two.md", content=b"# Two\n\nA rule.").json()["id"])
    assert {"One", "Two"} <= {entry.title for entry in documents.entries(home.engine)}
    assert len(http.get("/api/runs").json()) == 2
