"""Law 11: another embedder builds its vectors beside the ones that answer, and switches in one transaction."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.bootstrap import Home
from app.embedder_switch import switch
from app.places import milvus_file
from app.settings import Settings
from ingest.folder import Folder
from ingest.lock import writer
from ingest.reader import read
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.document import Document
from retrieval.embedder import Embedder, Vectors
from retrieval.errors import EmbedderMismatch, IndexUnavailable, LedgerBusy, Unusable
from retrieval.ledger import lookup
from retrieval.ledger.engine import reading
from retrieval.ledger.schema import embeddings
from retrieval.milvus_client import Milvus
from tests.app.killed_switch import OtherWords
from tests.conftest import write
from tests.laws import conftest
from tests.serving import free_port
from tests.word_embedder import WordEmbedder

FILES = {
    "leave.md": "# Leave\n\n## Sabbatical\n\nA sabbatical is unpaid.\n\n## Jury duty\n\nJury duty is paid in full.\n",
    "badges.md": "# Badges\n\nA lost badge is blocked by the guard.\n",
    "copy.md": "# Badges\n\nA lost badge is blocked by the guard.\n",
    "broken.pdf": "This is no PDF.",
}
CHUNKS, TEXTS = 4, 3  # two chunks have one text
MANY = 600
Open = Callable[[Embedder], Home]

backend = conftest.backend


@pytest.fixture
def opened(make_home: Callable[..., Home], backend: dict[str, str]) -> Open:
    """Opens the same home with this embedder at each call."""

    def make(embedder: Embedder) -> Home:
        home = make_home(**backend)
        home.__dict__["embedder"] = embedder
        return home

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "docs", FILES)


@pytest.fixture
def running(opened: Open, folder: Path) -> Home:
    """A home that somebody has open with the former embedder."""
    home = opened(WordEmbedder())
    home.ingest(folder, "everyone", NoProgress())
    assert best(home) == "Jury duty is paid in full."
    return home


def best(home: Home, question: str = "jury duty") -> str:
    return home.retriever.search(question, PUBLIC, 1)[0].chunk.text


def quietly(doing: str, done: int, total: int) -> None:
    """Nobody looks."""


def stored(home: Home) -> dict[int, int]:
    """How many vectors of which dimension are stored."""
    with reading(home.engine) as connection:
        return Counter(length // 4 for length in connection.execute(select(func.length(embeddings.c.vector))).scalars())


def indexes_of(home: Home, name: str) -> list[str]:
    """Folders and collections of an index of this name."""
    found = [path.name for path in (home.settings.home / "index").glob(f"{name}*")]
    kind, _, place = home.settings.index.partition(":")
    if kind:
        found += Milvus(str(milvus_file(home.settings.home, place) or place)).names(f"frontdesk_{name}")
    return found


def test_after_the_switch_the_new_vectors_answer_and_no_source_was_read(
    running: Home, opened: Open, folder: Path
) -> None:
    shutil.rmtree(folder)
    ids = lookup.alive_ids(running.engine)
    words = OtherWords()
    done = switch(opened(words), quietly)
    assert (done.before, done.embedder, done.chunks, done.embedded) == ("words@1", "words@2", CHUNKS, TEXTS)
    assert len(words.embedded) == TEXTS
    again = opened(OtherWords())
    assert best(again) == "Jury duty is paid in full."
    near = again.indexes.dense.search(again.embedder.query("Leave Jury duty is paid in full"), PUBLIC, 9)
    assert (near[0].cosine > 0.9, len(near)) == (True, CHUNKS)
    assert lookup.alive_ids(again.engine) == ids


def test_nothing_is_left_of_the_former_vectors_and_their_index(running: Home, opened: Open) -> None:
    former = running.index_folder.name
    places = len(indexes_of(running, former))
    assert (stored(running), places > 0) == ({512: TEXTS}, True)
    home = opened(OtherWords())
    switch(home, quietly)
    assert (stored(home), indexes_of(home, former)) == ({256: TEXTS}, [])
    assert len(indexes_of(home, home.index_folder.name)) == places


def test_who_has_the_home_open_answers_until_the_switch_and_refuses_afterwards(running: Home, opened: Open) -> None:
    answers = set()

    def asking(doing: str, done: int, total: int) -> None:
        if doing != "Filling the index":
            answers.add((doing.partition(",")[0], best(running)))

    switch(opened(OtherWords()), asking)
    assert answers == {("Measuring", "Jury duty is paid in full."), ("Embedding", "Jury duty is paid in full.")}
    with pytest.raises(EmbedderMismatch, match=r"made anew, by the embedder words@2, .* Restart it with FRONTDESK_EMB"):
        best(running)
    with pytest.raises(EmbedderMismatch, match=r"with the embedder words@2, .* name words@1.* frontdesk index embedde"):
        best(opened(WordEmbedder()))


def test_the_next_run_reads_only_what_is_new(running: Home, opened: Open, folder: Path) -> None:
    switch(opened(OtherWords()), quietly)
    words, looked = OtherWords(), []
    home = opened(words)

    def noted(data: bytes, path: str) -> Document:
        looked.append(path)
        return read(data, path)

    write(folder, {"new.md": "# New\n\nSomething is new.\n"})
    report = home.ingest_source(Folder(folder, "everyone", read=noted), NoProgress())
    assert (report.added, report.updated, report.unchanged, len(report.failed)) == (1, 0, 3, 1)
    assert (looked, words.embedded) == (["new.md"], ["New\nSomething is new."])


def test_switching_again_embeds_nothing_and_back_embeds_all(running: Home, opened: Open) -> None:
    home = opened(OtherWords())
    switch(home, quietly)
    index = home.index_folder
    again = switch(opened(OtherWords()), quietly)
    assert (again.before, again.embedder, again.embedded, home.index_folder) == ("words@2", "words@2", 0, index)
    back = switch(opened(WordEmbedder()), quietly)
    assert (back.before, back.embedded, best(opened(WordEmbedder()))) == (
        "words@2",
        TEXTS,
        "Jury duty is paid in full.",
    )


def test_interrupted_after_the_switch_it_answers_and_the_next_try_removes_the_rest(running: Home, opened: Open) -> None:
    former = running.index_folder.name

    def interrupted(doing: str, done: int, total: int) -> None:
        if doing == "Filling the index":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        switch(opened(OtherWords()), interrupted)
    home = opened(OtherWords())
    assert (best(home), indexes_of(home, former) != []) == ("Jury duty is paid in full.", True)
    assert switch(home, quietly).embedded == 0
    assert (stored(home), indexes_of(home, former)) == ({256: TEXTS}, [])


class Brief(OtherWords):
    """Reads a word too little: with title, heading, dash and two marks, the longest chunk takes 12."""

    max_tokens = 11


def test_chunks_that_are_too_long_for_it_are_told_and_nothing_changes(running: Home, opened: Open) -> None:
    words = Brief()
    with pytest.raises(
        Unusable, match=r"^1 of 4 chunks are longer than the 11 tokens that words@2 reads: .* has 12\. "
    ):
        switch(opened(words), quietly)
    assert (words.embedded, stored(running), best(running)) == ([], {512: TEXTS}, "Jury duty is paid in full.")


def test_a_home_without_vectors_has_nothing_to_switch(opened: Open) -> None:
    with pytest.raises(Unusable, match="This home has no vectors yet"):
        switch(opened(OtherWords()), quietly)


def test_while_another_run_writes_nothing_is_switched(running: Home, opened: Open) -> None:
    with writer(running.settings.home), pytest.raises(LedgerBusy, match="Another run is writing"):
        switch(opened(OtherWords()), quietly)
    assert best(running) == "Jury duty is paid in full."


@pytest.mark.heavy
def test_a_milvus_that_is_not_there_is_told_before_anything_is_embedded(
    make_home: Callable[..., Home], tmp_path: Path
) -> None:
    words = OtherWords()
    running, other = ingested(make_home(), tmp_path), make_home(index=f"milvus:http://127.0.0.1:{free_port()}")
    other.__dict__["embedder"] = words
    with pytest.raises(IndexUnavailable, match="Milvus at http://127.0.0.1"):
        switch(other, quietly)
    assert (words.embedded, best(running, "rule 77")) == ([], "Rule 77 is old.")


def ingested(home: Home, place: Path) -> Home:
    """So many chunks that they are embedded in three batches."""
    home.__dict__["embedder"] = WordEmbedder()
    sections = "\n\n".join(f"## Rule {number}\n\nRule {number} is old." for number in range(MANY))
    home.ingest(write(place / "docs", {"rules.md": f"# Rules\n\n{sections}\n"}), "everyone", NoProgress())
    return home


class Stopped(OtherWords):
    """Somebody presses Ctrl-C while it embeds its second batch."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        if self.embedded:
            raise KeyboardInterrupt
        return super().passages(texts)


def test_what_was_interrupted_goes_on_where_it_was(make_home: Callable[..., Home], tmp_path: Path) -> None:
    running, words = ingested(make_home(), tmp_path), OtherWords()
    other, again = make_home(), make_home()
    other.__dict__["embedder"], again.__dict__["embedder"] = Stopped(), words
    with pytest.raises(KeyboardInterrupt):
        switch(other, quietly)
    assert (stored(running), best(running, "rule 77")) == ({512: MANY, 256: 256}, "Rule 77 is old.")
    assert switch(again, quietly).embedded == len(words.embedded) == MANY - 256
    assert (stored(again), best(again, "rule 77")) == ({256: MANY}, "Rule 77 is old.")


@pytest.fixture(scope="module")
def deaths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The homes that killed switches left; the last one came to its end."""
    place = tmp_path_factory.mktemp("killed")
    ingested(Home(Settings(home=place / "home")), place).engine.dispose()
    (place / "copies").mkdir()
    command = [sys.executable, "-m", "tests.app.killed_switch", str(place / "home"), str(place / "copies")]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True)
    return [place / "copies" / str(number + 1) for number in range(int(done.stdout))]


def opened_at(place: Path, embedder: Embedder) -> Home:
    home = Home(Settings(home=place))
    home.__dict__["embedder"] = embedder
    return home


@pytest.mark.heavy
def test_killed_anywhere_one_of_both_embedders_answers_and_the_next_try_ends_it(deaths: list[Path]) -> None:
    seen = []
    for place in deaths:
        words = OtherWords()
        home = opened_at(place, words)
        switched = lookup.fact(home.engine, "embedder") == "words@2"
        kept = stored(home)[256]
        answering = home if switched else opened_at(place, WordEmbedder())
        found = best(answering, "rule 77")
        if not switched:
            answering.engine.dispose()
        switch(home, quietly)
        seen.append((switched, kept))
        assert (found, best(home, "rule 77")) == ("Rule 77 is old.", "Rule 77 is old.")
        assert (len(words.embedded), stored(home), home.indexes.dense.rows) == (MANY - kept, {256: MANY}, MANY)
        assert indexes_of(home, "") == [home.index_folder.name]
        home.engine.dispose()
    assert list(dict.fromkeys(seen)) == [(False, 0), (False, 256), (False, 512), (False, MANY), (True, MANY)]
