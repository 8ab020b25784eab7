from ingest.report import Report
from retrieval.ledger.runs import Failure

REPORT = Report(
    added=2, updated=3, unchanged=4, removed=5, failed=[Failure("a", "x"), Failure("b", "y")], chunks_embedded=7
)


def test_removed_documents_are_not_among_the_listed_ones() -> None:
    assert REPORT.done == 11


def test_the_ledger_keeps_the_numbers() -> None:
    assert REPORT.counts() == {
        "added": 2,
        "updated": 3,
        "unchanged": 4,
        "removed": 5,
        "failed": 2,
        "chunks_embedded": 7,
    }
