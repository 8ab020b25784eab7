"""The pipeline reads on while the embedder works in another thread."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from app.bootstrap import Home
from app.settings import Settings
from ingest.folder import Folder
from ingest.report import NoProgress
from ingest.source import Item, Unlisted
from retrieval.access import PUBLIC
from retrieval.ledger import lookup
from retrieval.reading import Reading
from tests.conftest import write
from tests.word_embedder import WordEmbedder

MANY = "# Many" + "".join(f"\n\n## Rule {number}\n\nText {number}." for number in range(300))  # more than one batch
FILES = {"a.md": MANY, "b.md": "# Leave\n\nA sabbatical is unpaid.", "c.md": "# Pay\n\nSalaries are paid monthly."}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "docs", FILES)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(Settings(home=tmp_path / "home"))
    made.__dict__["embedder"] = WordEmbedder()
    yield made
    made.engine.dispose()


class Watched(Folder):
    """A folder that tells when its last document is read."""

    def __init__(self, root: Path, last: threading.Event) -> None:
        super().__init__(root, "everyone")
        self._last = last

    def items(self) -> list[Item | Unlisted]:
        *rest, last = super().items()
        assert isinstance(last, Item)
        return [*rest, replace(last, load=self._telling(last.load))]

    def _telling(self, load: Callable[[], bytes]) -> Callable[[], bytes]:
        def tell() -> bytes:
            self._last.set()
            return load()

        return tell


class Patient(WordEmbedder):
    """Embeds when the last document is being read, or gives up."""

    def __init__(self, last: threading.Event) -> None:
        super().__init__()
        self.in_time: list[bool] = []
        self._last = last

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.in_time.append(self._last.wait(5))
        return super().read(texts)


class Failing(WordEmbedder):
    """Has no memory left for the second batch."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        if self.embedded:
            raise MemoryError
        return super().read(texts)


def test_later_documents_are_read_while_the_first_ones_are_embedded(home: Home, folder: Path) -> None:
    last = threading.Event()
    patient = home.__dict__["embedder"] = Patient(last)
    report = home.ingest_source(Watched(folder, last), NoProgress())
    assert (report.added, report.chunks_embedded, patient.in_time) == (3, 302, [True, True, True])


def test_a_run_tells_its_tokens_and_how_long_the_embedder_worked(home: Home, folder: Path) -> None:
    words = home.__dict__["embedder"]
    report = home.ingest(folder, "everyone", NoProgress())
    assert report.tokens_embedded == sum(map(words.tokens, words.embedded)) > 0
    assert 0 < report.embedding_seconds < report.seconds
    assert home.ingest(folder, "everyone", NoProgress()).tokens_embedded == 0


def test_an_embedder_that_fails_stops_the_run_and_leaves_no_thread(home: Home, folder: Path) -> None:
    """It was blamed on the document that happened to be read, and the ones before it were silently left out."""
    home.__dict__["embedder"] = Failing()
    threads = threading.active_count()
    with pytest.raises(MemoryError):
        home.ingest(folder, "everyone", NoProgress())
    assert (lookup.counts(home.engine), threading.active_count()) == ((0, 0), threads)


def test_after_a_failed_run_the_next_one_embeds_what_is_missing(home: Home, folder: Path) -> None:
    home.__dict__["embedder"] = Failing()
    with pytest.raises(MemoryError):
        home.ingest(folder, "everyone", NoProgress())
    words = home.__dict__["embedder"] = WordEmbedder()
    report = home.ingest(folder, "everyone", NoProgress())
    assert (report.added, len(words.embedded)) == (3, 302 - 256)
    fresh = Home(home.settings)
    fresh.__dict__["embedder"] = words
    assert fresh.retriever.search("Is a sabbatical unpaid?", PUBLIC, 1)[0].chunk.text == "A sabbatical is unpaid."
    fresh.engine.dispose()
