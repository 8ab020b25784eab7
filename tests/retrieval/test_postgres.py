"""The ledger on a real PostgreSQL, started here from Debian's package."""

import pwd
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from app.access import NOBODY
from app.bootstrap import Home
from app.desk import Question
from app.events import Done
from ingest.lock import database_writer
from ingest.report import NoProgress
from retrieval.document import NO_FACTS, Facts
from retrieval.errors import LedgerBusy, LedgerDamaged
from retrieval.ledger import documents as ledger_documents
from tests.conftest import write

pytestmark = pytest.mark.heavy

LEAVE = (
    "---\ncountry: DE\neffective: 2026-01-01\nsupersedes: Leave 2025\n---\n"
    "# Leave\n\nEverybody has 27 days of annual leave.\n\n## Carry over\n\nFive days may be carried over.\n"
)
TRAVEL = "# Travel\n\nBook trains two weeks ahead. First class is for journeys of more than four hours.\n"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty database in a cluster of its own."""
    programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = tmp_path_factory.mktemp("postgres")
    for parent in (folder, *folder.parents[:3]):
        parent.chmod(0o755)  # PostgreSQL refuses to run as root, and its user must get there
    owner = pwd.getpwnam("postgres")
    shutil.chown(folder, owner.pw_uid, owner.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, check=True, user="postgres", cwd=folder, capture_output=True)

    data = str(folder / "data")
    run(str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "frontdesk")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    run(str(programs / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield f"postgresql+psycopg://frontdesk@127.0.0.1:{port}/postgres"
    finally:
        run(str(programs / "pg_ctl"), "-D", data, "-m", "immediate", "stop")


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
