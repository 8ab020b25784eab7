"""Ingestion killed between any two of its steps leaves every document answerable in exactly one version."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.bootstrap import Home
from ingest.report import NoProgress
from retrieval.access import PUBLIC
from retrieval.chunk import embedding_digest
from retrieval.ledger import documents
from tests.conftest import write
from tests.ingest.killed import Store
from tests.word_embedder import WordEmbedder

pytestmark = pytest.mark.heavy

AT_RANDOM = 60
SIMPLE = Store()
BEFORE = {
    "changed.md": "# Changed\n\n## Kept\n\nAlpha stays.\n\n## Text\n\nAlpha is old.",
    "moved.md": "# Moved\n\nBravo is old.",
    "same.md": "# Same\n\nCharlie stays.",
    "gone.md": "# Gone\n\nDelta is old.",
    "shrunk.md": "# Shrunk\n\n## One\n\nEcho stays.\n\n## Two\n\nEcho is old.",
}
AFTER = {
    "changed.md": "# Changed\n\n## Kept\n\nAlpha stays.\n\n## Text\n\nAlpha is new.",
    "moved.md": "# Moved\n\nBravo is new.",
    "same.md": "# Same\n\nCharlie stays.",
    "shrunk.md": "# Shrunk\n\n## One\n\nEcho stays.",
    "fresh.md": "# Fresh\n\nFoxtrot is new.",
}
WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"]
# What each word finds in the old version and in the new one.
VERSIONS = {
    "alpha": [{"Alpha stays.", "Alpha is old."}, {"Alpha stays.", "Alpha is new."}],
    "bravo": [{"Bravo is old."}, {"Bravo is new."}],
    "charlie": [{"Charlie stays."}],
    "delta": [{"Delta is old."}, set()],
    "echo": [{"Echo stays.", "Echo is old."}, {"Echo stays."}],
    "foxtrot": [set(), {"Foxtrot is new."}],
}
NEW = ["Changed - Text\nAlpha is new.", "Fresh\nFoxtrot is new.", "Moved\nBravo is new."]


@contextmanager
def opened(store: Store, place: Path) -> Iterator[tuple[Home, WordEmbedder]]:
    home, words = Home(store.settings(place)), WordEmbedder()
    home.__dict__["embedder"] = words
    yield home, words
    home.engine.dispose()


def answers(home: Home) -> dict[str, set[str]]:
    """What can be found about each document; a chunk that is found twice would be missing here and fails."""
    found = {}
    for word in WORDS:
        texts = Counter(hit.chunk.text for hit in home.retriever.search(word, PUBLIC, 50))
        about = {text: count for text, count in texts.items() if word in text.lower()}
        found[word] = {text for text, count in about.items() if count == 1}
        near = home.indexes.dense.search(home.embedder.query(word), PUBLIC, 50)
        assert len(near) == sum(texts.values())
    return found


@dataclass(frozen=True)
class Deaths:
    """The homes that killed runs left; in one of them the run came to its end."""

    store: Store
    homes: tuple[Path, ...]
    folder: Path


@pytest.fixture(
    scope="module",
    params=[
        "at each step",
        "at random moments",
        "at random moments, on postgresql",
        "at random moments, in milvus lite",
    ],
)
def deaths(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    if "postgresql" in request.param:
        return killed(tmp_path_factory, 15, Store(postgres=request.getfixturevalue("postgres_cluster")))
    if "milvus" in request.param:
        return killed(tmp_path_factory, 15, Store("milvus:index.db"))
    return killed(tmp_path_factory, AT_RANDOM if "random" in request.param else 0)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Deaths:
    return killed(tmp_path_factory, 0)


def killed(tmp_path_factory: pytest.TempPathFactory, at_random: int, store: Store = SIMPLE) -> Deaths:
    place = tmp_path_factory.mktemp("killed")
    folder = write(place / "docs", BEFORE)
    with opened(store, store.create(place / "home")) as (home, _):
        home.ingest(folder, "everyone", NoProgress())
    (folder / "gone.md").unlink()
    write(folder, AFTER)
    (place / "copies").mkdir()
    cluster = store.postgres
    where = [store.index, str(cluster.folder), str(cluster.port)] if cluster else [store.index, "", ""]
    command = [sys.executable, "-m", "tests.ingest.killed", str(place / "home"), str(folder), str(place / "copies")]
    command += [str(at_random), *where]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True)
    homes = tuple(place / "copies" / str(number + 1) for number in range(int(done.stdout)))
    return Deaths(store, homes, folder)


def test_every_step_was_one_to_die_at(steps: Deaths) -> None:
    assert 15 < len(steps.homes) < 80


def test_killed_anywhere_each_document_is_answerable_in_exactly_one_version(deaths: Deaths) -> None:
    wrong = {}
    for place in deaths.homes:
        with opened(deaths.store, place) as (home, _):
            found = answers(home)
        wrong[place.name] = [word for word in WORDS if found[word] not in VERSIONS[word]]
    assert {name: words for name, words in wrong.items() if words} == {}


def test_some_deaths_left_the_old_and_some_the_new_version(steps: Deaths) -> None:
    """Else the test above would be about one state only."""
    seen = []
    for place in steps.homes:
        with opened(steps.store, place) as (home, _):
            seen.append([entry.title for entry in documents.entries(home.engine) if entry.version == 2])
    assert (seen[0], seen[-1]) == ([], ["Changed", "Moved", "Shrunk"])
    assert len({tuple(titles) for titles in seen}) == 4


def test_after_any_death_the_next_run_ends_where_an_undisturbed_one_ends(deaths: Deaths, tmp_path: Path) -> None:
    ends = {}
    for place in deaths.homes:
        with opened(deaths.store, deaths.store.copy(place, tmp_path / place.name)) as (home, _):
            home.ingest(deaths.folder, "everyone", NoProgress())
            ends[place.name] = answers(home)
    undisturbed = {word: versions[-1] for word, versions in VERSIONS.items()}
    assert {name: end for name, end in ends.items() if end != undisturbed} == {}


def test_after_any_death_no_stored_chunk_is_embedded_again(deaths: Deaths, tmp_path: Path) -> None:
    lefts = []
    for place in deaths.homes:
        with opened(deaths.store, deaths.store.copy(place, tmp_path / place.name)) as (home, words):
            stored = documents.stored_embeddings(home.engine, [embedding_digest(words.id, text) for text in NEW])
            home.ingest(deaths.folder, "everyone", NoProgress())
            lefts.append((len(stored), sorted(words.embedded)))
    assert {(0, tuple(NEW)), (3, ())} == {(stored, tuple(again)) for stored, again in lefts}
    assert [left for left in lefts if left not in ((0, NEW), (3, []))] == []
