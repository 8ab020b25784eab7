"""Documents over HTTP for whoever keeps them."""

import csv
import io
from pathlib import Path

import httpx
import pytest

from app.bootstrap import Home
from ingest.report import NoProgress
from tests.conftest import write

BANDS, LEAVE = "office/hr/bands.md", "office/leave.md"


def test_all_documents_are_listed_whoever_may_read_them_and_can_be_filtered(reader: httpx.Client) -> None:
    found = reader.get("/api/admin/documents", params={"most": 2}).json()
    assert (found["total"], [one["uri"] for one in found["documents"]]) == (5, ["office/badges.md", BANDS])
    by_audience = reader.get("/api/admin/documents", params={"audience": "group:hr"}).json()["documents"]
    assert [(one["uri"], one["contact"], one["stands"]) for one in by_audience] == [
        (BANDS, "hana@office.example", "in force")
    ]


def test_a_document_that_is_over_or_to_come_says_so(managed: Home, http: httpx.Client, tmp_path: Path) -> None:
    files = {
        "old.md": "---\neffective_until: 2020-12-31\n---\n# Old\n\nAn old rule.\n",
        "new.md": "---\neffective: 2089-01-01\n---\n# New\n\nA new rule.\n",
    }
    managed.ingest(write(tmp_path / "times", files), "everyone", NoProgress())
    found = http.get("/api/admin/documents", params={"source": "times"}).json()["documents"]
    assert [(one["uri"], one["stands"]) for one in found] == [
        ("times/new.md", "not yet in force"),
        ("times/old.md", "expired"),
    ]


def test_a_document_is_previewed_as_it_was_cut(reader: httpx.Client) -> None:
    found = reader.get("/api/admin/document/passages", params={"uri": LEAVE}).json()
    assert [one["heading"] for one in found] == ["", "Booking"]
    assert "27 days" in found[0]["text"]


def test_a_preview_of_what_is_not_there_says_so(reader: httpx.Client) -> None:
    response = reader.get("/api/admin/document/passages", params={"uri": "office/none.md"})
    assert (response.status_code, response.json()["detail"]) == (404, "There is no such document any more")


def test_who_can_read_a_document_is_explained_for_it_and_for_a_person(reader: httpx.Client) -> None:
    found = reader.get("/api/admin/document/access", params={"uri": BANDS, "email": "sam@office.example"}).json()
    assert (found["audience"], list(found["readers"]), found["allowed"]) == (
        "group:hr",
        ["hana@office.example"],
        False,
    )
    assert "Unknown means no" in found["person"][-1]


def test_near_copies_are_grouped(managed: Home, http: httpx.Client, tmp_path: Path) -> None:
    text = "Every traveller books trains through the portal and keeps all receipts until the trip has been settled.\n"
    managed.ingest(write(tmp_path / "twice", {"a.md": text, "b.md": text}), "everyone", NoProgress())
    (group,) = http.get("/api/admin/near-copies").json()
    assert [one["uri"] for one in group] == ["twice/a.md", "twice/b.md"]


def test_a_deleted_document_has_a_receipt_is_noted_and_a_second_click_finds_nothing(http: httpx.Client) -> None:
    response = http.delete("/api/admin/document", params={"uri": LEAVE})
    receipt = response.json()
    assert (response.status_code, receipt["clean"], receipt["uri"], receipt["deleted"]["chunks"]) == (
        200,
        True,
        LEAVE,
        2,
    )
    assert http.delete("/api/admin/document", params={"uri": LEAVE}).status_code == 404
    noted = [(one["who"], one["what"], one["on"]) for one in http.get("/api/audit").json()]
    assert noted == [("ada@office.example", "deleted a document", LEAVE)]


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "@SUM(A1)", "+1"])
def test_no_cell_of_the_exported_list_is_a_formula(
    managed: Home, http: httpx.Client, tmp_path: Path, title: str
) -> None:
    managed.ingest(write(tmp_path / "sums", {"a.md": f"# {title}\n\nA sum.\n"}), "everyone", NoProgress())
    response = http.get("/api/admin/documents.csv")
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert [row["title"] for row in rows if row["source"] == "sums"] == [f"'{title}"]
