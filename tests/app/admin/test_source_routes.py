"""Sources over HTTP, beside their runs."""

from pathlib import Path

import httpx
import pytest

from app.bootstrap import DATA, Home
from app.places import exports_of
from ingest.slack_state import ChannelState, SlackState
from retrieval.ledger import runs
from retrieval.ledger.runs import Failure

EXPORT = (DATA / "slack" / "export.zip").read_bytes()


def test_a_source_comes_with_its_documents_failures_and_last_run(
    managed: Home, http: httpx.Client, furnished: Path
) -> None:
    runs.note_failure(managed.engine, 1, "office", Failure("office/x.pdf", "it is scanned"))
    (found,) = http.get("/api/admin/sources").json()
    assert (found["name"], found["documents"], found["failures"]) == ("office", 5, 1)
    assert (found["last_run"]["state"], found["uploaded"]) == ("done", False)
    assert http.get("/api/admin/failures").json() == [{"uri": "office/x.pdf", "reason": "it is scanned"}]
    assert http.get("/api/admin/failures", params={"source": "other"}).json() == []


def test_a_deleted_source_says_where_its_files_still_are_and_a_second_click_finds_nothing(
    http: httpx.Client, furnished: Path
) -> None:
    told = http.delete("/api/sources/office").json()
    assert (told["documents"], told["file_stays"]) == (5, str(furnished.parent / "office"))
    assert http.delete("/api/sources/office").status_code == 404
    assert http.get("/api/admin/documents").json()["total"] == 0


@pytest.mark.parametrize(
    ("name", "data", "detail"),
    [
        ("notes.zip", b"no archive", "notes.zip is no ZIP archive"),
        ("empty.zip", b"", "The file is empty"),
        ("..%5C..%5Cx.zip", b"PK", "x.zip is no ZIP archive"),
    ],
)
def test_what_is_no_slack_export_is_refused_by_its_name_and_not_kept(
    managed: Home, http: httpx.Client, name: str, data: bytes, detail: str
) -> None:
    response = http.put(f"/api/slack-exports/{name}", content=data)
    assert (response.status_code, detail in response.json()["detail"]) == (422, True)
    assert str(managed.settings.home) not in response.text
    assert list(exports_of(managed.settings.home).iterdir()) == []


def test_an_export_for_an_audience_that_is_none_is_refused(reader: httpx.Client) -> None:
    response = reader.put("/api/slack-exports/team.zip", content=EXPORT, headers={"audience": "hr"})
    assert (response.status_code, "an audience is everyone" in response.json()["detail"]) == (422, True)


@pytest.mark.heavy
def test_a_slack_export_is_kept_under_its_workspaces_name_and_ingested(managed: Home, http: httpx.Client) -> None:
    for name in ("first.zip", "second.zip"):
        run = http.put(f"/api/slack-exports/{name}", content=EXPORT).json()["id"]
        with http.stream("GET", f"/api/runs/{run}/events") as response:
            told = [line for line in response.iter_lines() if line.startswith("data:")]
        assert '"state": "done"' in told[-1]
    assert len(list(exports_of(managed.settings.home).glob("*.zip"))) == 1
    assert {one["kind"] for one in http.get("/api/admin/sources").json()} == {"folder", "slack-export"}


def test_without_a_token_live_slack_says_so(reader: httpx.Client) -> None:
    assert reader.get("/api/admin/slack").json() == {"token": False, "source": "", "last_event": None, "channels": []}


def test_the_channels_of_live_slack_say_how_far_they_are(managed: Home, http: httpx.Client) -> None:
    runs.add_source(managed.engine, "slack-workspace", "slack:T1", "slack-T1")
    SlackState(managed.engine, "T1").put_channel(ChannelState("C1", "travel", "everyone", is_whole=True))
    found = http.get("/api/admin/slack").json()
    assert (found["source"], found["channels"]) == (
        "slack-T1",
        [{"channel": "C1", "name": "travel", "audience": "everyone", "is_whole": True, "left": False}],
    )
