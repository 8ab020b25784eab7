from dataclasses import asdict
from datetime import UTC, date, datetime

from app import json_output
from app.events import Citation, Done, Failed, Refused
from ingest.report import Report
from retrieval.budget import TokenUse
from retrieval.concern import Concern
from retrieval.document import Facts
from retrieval.errors import QuestionRefused
from retrieval.ledger.documents import Entry
from retrieval.ledger.runs import Failure
from retrieval.near_copies import Copy

FIRST = Citation(1, "handbook/leave.md", "Leave", "27 days.", "#leave", "c1", 0, 8)
SECOND = Citation(2, "handbook/travel.md", "Travel", "By train.", "#travel", "c2", 4, 13)
USE = TokenUse(512, 300, 100, 1, 2)
TOKENS = asdict(TokenUse(512, 300, 100, 1, 2))
UNUSED = asdict(TokenUse())


def test_a_report_lists_what_failed_and_why() -> None:
    failed = [Failure("handbook/a.md", "it is empty"), Failure("handbook/b.md", "it is no text")]
    report = Report(added=3, updated=2, unchanged=1, removed=4, failed=failed, chunks_embedded=9, seconds=1.23456)
    report.tokens_embedded, report.embedding_seconds = 1000, 0.61728
    report.concerns, report.remarks = [("handbook/c.md", Concern("hidden bank account", count=2))], ["3 messages."]
    assert json_output.of_report(report) == {
        "added": 3,
        "updated": 2,
        "unchanged": 1,
        "removed": 4,
        "failed": [
            {"uri": "handbook/a.md", "reason": "it is empty"},
            {"uri": "handbook/b.md", "reason": "it is no text"},
        ],
        "chunks_embedded": 9,
        "tokens_embedded": 1000,
        "tokens_per_second": 810,
        "embedder_busy": 0.5,
        "seconds": 1.235,
        "stopped": "",
        "concerns": [{"uri": "handbook/c.md", "kind": "hidden bank account", "count": 2, "excerpt": ""}],
        "remarks": ["3 messages."],
    }


def test_an_answer_has_its_citations_and_tokens() -> None:
    event = Done("27 days. [1] By train. [2]", (FIRST, SECOND), USE, {"total": 5.0}, "conversation", "quoting")
    assert json_output.of_answer(event) == {
        "status": "answered",
        "answer": "27 days. [1] By train. [2]",
        "citations": [
            {"number": 1, "uri": "handbook/leave.md", "title": "Leave", "quote": "27 days."},
            {"number": 2, "uri": "handbook/travel.md", "title": "Travel", "quote": "By train."},
        ],
        "model": "quoting",
        "instead_of": "",
        "tokens": TOKENS,
        "timings_ms": {"total": 5.0},
        "conversation": "conversation",
    }


def test_a_refusal_says_so_without_citations() -> None:
    found = json_output.of_answer(Refused("They do not say.", "hana@example.com", (), USE, {}, "conversation"))
    assert (found["status"], found["citations"], found["tokens"]) == ("refused", [], TOKENS)


def test_a_failure_has_the_same_fields() -> None:
    found = json_output.of_answer(Failed("The model failed.", "ab12", retryable=True, conversation="conversation"))
    assert (found["status"], found["answer"], found["tokens"]) == ("failed", "The model failed.", UNUSED)


def test_a_question_that_was_not_accepted_has_the_same_fields() -> None:
    found = json_output.of_unasked(QuestionRefused("The question is empty."))
    assert found.keys() == json_output.of_answer(Refused("", "", (), USE, {}, "")).keys()
    assert (found["status"], found["answer"]) == ("failed", "The question is empty.")


def test_documents_are_listed_with_what_they_say_about_themselves() -> None:
    when = datetime(2026, 1, 5, tzinfo=UTC)
    facts = Facts(("DE",), date(2026, 1, 1), None, ("Leave 2025",))
    concerns = (Concern("hidden bank account", 2), Concern("speaks to a language model", 1, "Ignore all previous"))
    entries = [
        Entry("a.md", "handbook", "A", "everyone", "hana@example.com", "s", "d", 2, when, facts, concerns),
        Entry("b.md", "handbook", "B", "group:hr", "", "s", "d", 1, when),
    ]
    assert json_output.of_documents(entries, [Failure("c.md", "broken")]) == {
        "documents": [
            {
                "uri": "a.md",
                "title": "A",
                "audience": "everyone",
                "contact": "hana@example.com",
                "version": 2,
                "countries": ["DE"],
                "effective_from": "2026-01-01",
                "effective_until": None,
                "supersedes": ["Leave 2025"],
                "concerns": [
                    {"kind": "hidden bank account", "count": 2, "excerpt": ""},
                    {"kind": "speaks to a language model", "count": 1, "excerpt": "Ignore all previous"},
                ],
            },
            {
                "uri": "b.md",
                "title": "B",
                "audience": "group:hr",
                "contact": "",
                "version": 1,
                "countries": [],
                "effective_from": None,
                "effective_until": None,
                "supersedes": [],
                "concerns": [],
            },
        ],
        "failed": [{"uri": "c.md", "reason": "broken"}],
    }


def test_near_copies_are_listed_by_group() -> None:
    groups = [[Copy("a.md", 1.0), Copy("b.md", 0.876)], [Copy("c.md", 1.0), Copy("d.md", 1.0)]]
    assert json_output.of_near_copies(groups) == {
        "near_copies": [
            [{"uri": "a.md", "similarity": 1.0}, {"uri": "b.md", "similarity": 0.88}],
            [{"uri": "c.md", "similarity": 1.0}, {"uri": "d.md", "similarity": 1.0}],
        ]
    }
