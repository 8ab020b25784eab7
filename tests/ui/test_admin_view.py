"""What the pages of admins say, as text."""

import pytest

from app.admin.rows import AnswerRow, ChangeRow, DocumentRow, PersonRow, RunRow, SourceRow
from ingest.report import Report
from ui import admin_view

HOSTILE = "![x](http://evil.example/x.png) <b>[go](y)</b>"


def run(state: str = "running", **changed: object) -> RunRow:
    fields = {
        "id": 3,
        "source": "office",
        "state": state,
        "started_at": "2026-01-05T14:30:00+00:00",
        "ended_at": None,
        "total": 10,
        "done": 4,
        "counts": {"added": 3, "failed": 1},
        "seconds_left": 12.0,
    }
    return RunRow(**{**fields, **changed})  # type: ignore[arg-type]


def document(**changed: object) -> DocumentRow:
    fields = {
        "uri": "office/leave.md",
        "title": "Leave",
        "source": "office",
        "audience": "group:hr",
        "contact": "",
        "version": 1,
        "updated_at": "2026-01-05T14:30:00",
        "countries": ("DE", "PT"),
        "effective_from": "2026-01-01",
        "effective_until": None,
        "stands": "in force",
        "concerns": (),
    }
    return DocumentRow(**{**fields, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("many", "said"), [(0, "0 documents"), (1, "1 document"), (2, "2 documents"), (2000, "2,000 documents")]
)
def test_one_is_no_plural(many: int, said: str) -> None:
    assert admin_view.count(many, "document") == said


@pytest.mark.parametrize(
    ("many", "said"), [(12, "12 bytes"), (2048, "2.0 KiB"), (74_500_000_000, "69.4 GiB"), (10**18, "909494.7 TiB")]
)
def test_sizes_are_said_in_the_largest_unit(many: int, said: str) -> None:
    assert admin_view.size(many) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.2, "1 second"), (89, "89 seconds"), (120, "2 minutes"), (7200, "2 hours")]
)
def test_a_duration_is_said_roughly(seconds: float, said: str) -> None:
    assert admin_view.duration(seconds) == said


def test_a_run_says_what_it_did_and_how_far_it_is() -> None:
    assert admin_view.run_line(run()) == "3 added, 1 failed · began 2026-01-05 14:30 UTC"
    assert admin_view.progress(run()) == (0.4, "4 of 10 documents, about 12 seconds left")
    assert admin_view.progress(run(total=0, seconds_left=None)) == (0.0, "4 read; counting")
    assert admin_view.progress(run(done=11))[0] == 1.0


def test_a_run_says_each_thing_that_was_done_to_documents() -> None:
    counts = Report(added=1, updated=2, removed=3, unchanged=4).counts()
    assert admin_view.run_line(run(counts=counts)).startswith("1 added, 2 updated, 3 removed, 4 unchanged · began")


def test_a_document_says_where_and_when_it_applies() -> None:
    assert admin_view.document_line(document()) == (
        "office\\/leave\\.md · for group\\:hr · in DE\\, PT · from 2026\\-01\\-01"
    )


def test_whatever_comes_from_documents_and_people_is_escaped() -> None:
    source = SourceRow(
        HOSTILE, "folder", HOSTILE, HOSTILE, {"audience": HOSTILE}, 0, 1, 0, uploaded=False, last_run=None
    )
    receipt = {"clean": False, "found": [HOSTILE], "columns": [], "files": [], "deleted": {"chunks": 1, "messages": 0}}
    removed = {"source": HOSTILE, "documents": 1, "file_stays": HOSTILE}
    said = [
        admin_view.source_line(source),
        admin_view.document_line(document(uri=HOSTILE, audience=HOSTILE)),
        admin_view.receipt_line(receipt),
        admin_view.removal_line(removed),
        *admin_view.change_lines(ChangeRow((HOSTILE,), (HOSTILE,), {HOSTILE: [HOSTILE]}, 0)),
    ]
    assert [line for line in said if "![" in line or "<b>" in line or "](" in line] == []


def test_a_receipt_says_what_went_and_whether_anything_is_left() -> None:
    receipt = {
        "clean": True,
        "found": [],
        "columns": ["a", "b"],
        "files": ["f"],
        "deleted": {"chunks": 2, "messages": 1},
    }
    assert admin_view.receipt_line(receipt) == (
        "Deleted with 2 passages and 1 message that rested on it. Its text was looked for in 2 columns of the database "
        "and in 1 file: nothing is left."
    )


def test_a_long_list_of_people_is_cut() -> None:
    lines = admin_view.change_lines(ChangeRow(tuple("abcdefghij"), (), {"k": ["joins hr", "leaves it"]}, 3))
    assert lines == [
        "**10 new**: a\\, b\\, c\\, d\\, e\\, f\\, g\\, h and 2 more",
        "**1 changed**: k joins hr\\, leaves it",
        "3 stay as they are.",
    ]


def test_groups_are_counted() -> None:
    people = [PersonRow("a", "A", ("hr", "board"), ""), PersonRow("b", "B", ("hr",), "")]
    assert admin_view.group_counts(people) == {"board": 1, "hr": 2}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("approved", ("Given", "green")),
        ("proposed", ("Waits for approval", "orange")),
        ("expired on 2026-01-01", ("Expired on 2026-01-01", "red")),
    ],
)
def test_an_answer_says_how_it_stands(state: str, said: tuple[str, str]) -> None:
    assert admin_view.stands(AnswerRow("a", "Q", "A", "", "everyone", (), None, state)) == said
