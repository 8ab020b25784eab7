"""The ledger on a real PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.access import NOBODY
from app.bootstrap import Home
from app.events import Done
from app.question import Question
from ingest.lock import database_writer
from ingest.report import NoProgress
from retrieval.document import NO_FACTS, Facts
from retrieval.errors import LedgerBusy, LedgerDamaged
from retrieval.ledger import documents as ledger_documents
from retrieval.ledger import runs
from retrieval.ledger.engine import open_ledger
from tests.conftest import write
from tests.postgres_server import PostgresServer

pytestmark = pytest.mark.heavy

LEAVE = (
    "---\ncountry: DE\neffective: 2026-01-01\nsupersedes: Leave 2025\n---\n"
    "# Leave\n\nEverybody has 27 days of annual leave.\n\n## Carry over\n\nFive days may be carried over.\n"
)
TRAVEL = "# Travel\n\nBook trains two weeks ahead. First class is for journeys of more than four hours.\n"


@pytest.fixture(scope="module")
def postgres(postgres_cluster: PostgresServer) -> str:
    """The URL of an empty database."""
    return postgres_cluster.url(postgres_cluster.new_database())


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("documents") / "handbook", {"leave.md": LEAVE, "travel.md": TRAVEL})


@pytest.fixture
def shared(make_home: Callable[..., Home], postgres: str, documents: Path) -> Home:
    """A home whose ledger is the database; ingested by whichever test comes first."""
    home = make_home(ledger=postgres)
    home.ingest(documents, "everyone", NoProgress())
    return home


def test_a_question_is_answered_from_a_ledger_on_postgresql(shared: Home) -> None:
    *_, last = shared.desk.ask(Question("How many days of annual leave do I have?", NOBODY))
    assert isinstance(last, Done)
    assert last.citations[0].quote == "Everybody has 27 days of annual leave."


def test_ingesting_again_changes_nothing(shared: Home, documents: Path) -> None:
    report = shared.ingest(documents, "everyone", NoProgress())
    assert (report.added, report.updated, report.unchanged, report.chunks_embedded) == (0, 0, 2, 0)


def test_what_a_document_says_about_itself_is_kept_on_postgresql(shared: Home) -> None:
    facts = {entry.uri: entry.facts for entry in ledger_documents.entries(shared.engine)}
    assert facts["handbook/leave.md"] == Facts(("DE",), date(2026, 1, 1), None, ("Leave 2025",))
    assert facts["handbook/travel.md"] == NO_FACTS


def test_a_second_home_on_the_same_database_fills_its_index_without_embedding(
    shared: Home, make_home: Callable[..., Home], postgres: str
) -> None:
    other = make_home("other", ledger=postgres)
    hits = other.retriever.search("first class on trains", NOBODY.scope, 2)
    assert hits[0].chunk.uri == "handbook/travel.md"


def test_a_deleted_document_is_gone_for_the_other_home_too(
    shared: Home, make_home: Callable[..., Home], postgres: str
) -> None:
    other = make_home("other", ledger=postgres)
    assert other.retriever.search("first class on trains", NOBODY.scope, 1)[0].chunk.uri == "handbook/travel.md"
    shared.delete("handbook/travel.md")
    uris = {hit.chunk.uri for hit in other.retriever.search("first class on trains", NOBODY.scope, 5)}
    assert uris == {"handbook/leave.md"}


def test_a_second_writer_on_another_machine_is_refused(shared: Home, documents: Path) -> None:
    with database_writer(shared.engine), pytest.raises(LedgerBusy, match="Another run is writing to this database"):
        shared.ingest(documents, "everyone", NoProgress())


def test_a_database_that_is_not_there_is_named(make_home: Callable[..., Home]) -> None:
    home = make_home(ledger="postgresql+psycopg://frontdesk@127.0.0.1:9/postgres")
    with pytest.raises(LedgerDamaged, match="cannot be used"):
        _ = home.engine


def test_times_are_in_utc_whatever_the_zone_of_the_database(postgres_cluster: PostgresServer) -> None:
    name = postgres_cluster.new_database()
    engine = open_ledger(postgres_cluster.url(name))
    with engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET timezone TO 'Pacific/Auckland'")
    engine.dispose()
    runs.start_run(engine, "office")
    (run,) = runs.listed_runs(engine)
    assert run.started_at.utcoffset() == timedelta()
    assert run.started_at.date() == datetime.now(UTC).date()
    engine.dispose()
