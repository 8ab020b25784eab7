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


def test_speed_is_over_the_whole_run() -> None:
    report = Report(tokens_embedded=1200, embedding_seconds=3.0, seconds=4.0)
    assert (report.tokens_per_second, report.embedder_busy) == (300.0, 0.75)


def test_a_run_that_took_no_time_has_no_speed() -> None:
    assert (Report().tokens_per_second, Report().embedder_busy) == (0.0, 0.0)
