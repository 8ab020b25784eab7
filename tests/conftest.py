"""What every test may use: the real embedder, fresh homes, the sample company, the tiny Llamas. No mocks."""

import os
import re
import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import Engine
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from app.quiet import share_processors, switch_off_telemetry

switch_off_telemetry()
share_processors()

from app import people  # noqa: E402 - after the switches above
from app.bootstrap import DATA, Home  # noqa: E402
from app.settings import Settings  # noqa: E402
from ingest.report import NoProgress  # noqa: E402
from retrieval.embedder import Embedder  # noqa: E402
from retrieval.embedding_model import EmbeddingModel, installed_minilm  # noqa: E402
from retrieval.ledger import engine as ledger  # noqa: E402
from retrieval.openvino_embedder import OpenVinoEmbedder  # noqa: E402
from retrieval.openvino_export import exported  # noqa: E402
from tests.milvus_server import ELSEWHERE, milvus_server  # noqa: E402
from tests.postgres_server import PostgresServer, postgres_server  # noqa: E402
from tests.tiny_llama import narrow_llama, tiny_llama  # noqa: E402

# A machine that is busy is no failure of a property.
hypothesis.settings.register_profile("frontdesk", deadline=None)
hypothesis.settings.load_profile("frontdesk")

CACHE = Path(__file__).parent.parent / ".cache"
os.environ["XDG_CACHE_HOME"] = str(CACHE)  # one export of the embedding model for all tests and their processes


class Scheduling(LoadFileScheduling):  # type: ignore[misc]
    """A file stays in one process, and so do all tests of the Milvus server, of which a machine can run one."""

    def _split_scope(self, nodeid: str) -> str:
        return "milvus server" if re.search("milvus.server", nodeid) else str(super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    """Spread the tests over processes, as -n says."""
    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("FRONTDESK_"):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True, scope="session")
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A new SQLite ledger begins as a copy of one that was migrated: all migrations cost more than most tests."""
    template = tmp_path_factory.mktemp("template") / "ledger.sqlite"
    ledger.open_ledger(f"sqlite:///{template}").dispose()
    migrate = ledger._migrate  # it runs all the same, and finds nothing to do

    def migrate_from_copy(engine: Engine) -> None:
        file = engine.url.database
        if engine.dialect.name == "sqlite" and file and Path(file).parent.is_dir() and not Path(file).exists():
            shutil.copy(template, file)
            with closing(sqlite3.connect(file)) as copy, copy:  # whose id is its own
                copy.execute("UPDATE facts SET value = ? WHERE name = 'ledger'", [uuid.uuid4().hex])
        migrate(engine)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger, "_migrate", migrate_from_copy)
        yield


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The real MiniLM, loaded once."""
    model = EmbeddingModel(installed_minilm())
    return OpenVinoEmbedder(model, exported(model, CACHE / "frontdesk"))


@pytest.fixture
def make_home(tmp_path: Path, embedder: Embedder) -> Iterator[Callable[..., Home]]:
    """Open a home below the test's folder; the same name is the same home. Settings by keyword."""

    made: list[Home] = []

    def make(name: str = "home", **settings: object) -> Home:
        home = Home(Settings(home=tmp_path / name, **settings))  # type: ignore[arg-type]
        home.__dict__["embedder"] = embedder  # loaded once for all tests; the same object a home would make
        made.append(home)
        return home

    yield make
    for home in made:
        if "engine" in home.__dict__:
            home.engine.dispose()


@pytest.fixture
def home(make_home: Callable[..., Home]) -> Home:
    """A fresh, empty home."""
    return make_home()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Home]:
    """The sample company with its Slack export and people. Shared: tests must not change its documents."""
    home = Home(Settings(home=tmp_path_factory.mktemp("sample") / "home"))
    home.__dict__["embedder"] = embedder
    home.ingest(DATA / "company", "everyone", NoProgress())
    home.ingest(DATA / "slack" / "export.zip", "everyone", NoProgress())
    people.replace_all(home.engine, people.read_csv(DATA / "company" / "people.csv"))
    yield home
    home.engine.dispose()


@pytest.fixture(scope="session")
def llama_dir() -> Path:
    """A tiny Llama with a window of 2,048 tokens, trained once and cached."""
    return tiny_llama(CACHE)


@pytest.fixture(scope="session")
def narrow_llama_dir() -> Path:
    """Another one with another tokenizer, a strict chat template and a window of 512 tokens."""
    return narrow_llama(CACHE)


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URI of a real Milvus server, for heavy tests."""
    if ELSEWHERE:
        yield ELSEWHERE
        return
    with milvus_server(tmp_path_factory.mktemp("milvus")) as uri:
        yield uri


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresServer]:
    """A real PostgreSQL, for heavy tests."""
    with postgres_server() as server:
        yield server


def write(folder: Path, files: dict[str, str]) -> Path:
    """Put these texts into a folder; returns it."""
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder
