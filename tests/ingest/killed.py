"""Ingestion killed at one step after another, each time in a process of its own; started by test_killed.py.

    python -m tests.ingest.killed HOME FOLDER COPIES AT_RANDOM INDEX CLUSTER PORT

Copies HOME to COPIES/1, COPIES/2, ... and ingests FOLDER into each. The n-th copy's process dies, without any clean-up,
at its n-th step: a listing, an embedding batch, a ledger transaction, a change or save of the dense index, before and
after each. Prints the number of copies; in the last one nothing was left to die at. Where AT_RANDOM is not 0, so many
copies are killed from outside instead, each at a moment drawn at random. INDEX is the setting of this name; CLUSTER and
PORT, where they are not empty, are of the PostgreSQL that has each home's ledger.
"""

import hashlib
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import event

from app.bootstrap import Home
from app.settings import Settings
from ingest.folder import Folder
from ingest.report import NoProgress
from ingest.source import Item, Unlisted
from retrieval.access import Scope
from retrieval.embedder import Vectors
from retrieval.index import Index, Near, Row
from tests.postgres_server import PostgresServer
from tests.word_embedder import WordEmbedder


@dataclass(frozen=True)
class Store:
    """Where the homes have their vectors and ledgers: on PostgreSQL each in a database of its own."""

    index: str = ""
    postgres: PostgresServer | None = None

    def settings(self, home: Path) -> Settings:
        return Settings(home=home, index=self.index, ledger=self.postgres.url(_named(home)) if self.postgres else "")

    def create(self, home: Path) -> Path:
        if self.postgres:
            self.postgres.new_database(_named(home))
        return home

    def copy(self, home: Path, to: Path) -> Path:
        if self.postgres:
            self.postgres.new_database(_named(to), template=_named(home))
        return shutil.copytree(home, to)


def _named(home: Path) -> str:
    return hashlib.sha256(str(home).encode()).hexdigest()[:40]


class Steps:
    """Counts steps and ends the process at the last one."""

    def __init__(self, last: int) -> None:
        self._left = last

    def step(self, *_: object) -> None:
        self._left -= 1
        if self._left == 0:
            os._exit(9)


class MortalEmbedder(WordEmbedder):
    """Dies before or after it embeds."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def passages(self, texts: Sequence[str]) -> Vectors:
        self._steps.step()
        vectors = super().passages(texts)
        self._steps.step()
        return vectors


class MortalFolder(Folder):
    """Dies after it listed."""

    def __init__(self, root: Path, steps: Steps) -> None:
        super().__init__(root, "everyone")
        self._steps = steps

    def items(self) -> list[Item | Unlisted]:
        listed = super().items()
        self._steps.step()
        return listed


class MortalIndex:
    """Dies before or after what it does."""

    def __init__(self, index: Index, steps: Steps) -> None:
        self._index = index
        self._steps = steps

    @property
    def seq(self) -> int:
        return self._index.seq

    @property
    def rows(self) -> int:
        return self._index.rows

    @property
    def due(self) -> bool:
        return self._index.due

    def apply(self, upserts: Sequence[Row], deletes: Sequence[str], seq: int) -> None:
        self._steps.step()
        self._index.apply(upserts, deletes, seq)
        self._steps.step()

    def search(self, vector: Vectors, scope: Scope, k: int) -> list[Near]:
        return self._index.search(vector, scope, k)

    def clear(self) -> None:
        self._index.clear()

    def save(self) -> None:
        self._steps.step()
        self._index.save()
        self._steps.step()

    def purge(self) -> None:
        self._steps.step()
        self._index.purge()
        self._steps.step()


def ingest(settings: Settings, folder: Path, steps: Steps) -> None:
    """Bring one home up to date, mortally."""
    home = Home(settings)
    home.__dict__["embedder"] = MortalEmbedder(steps)
    home.indexes.dense = MortalIndex(home.indexes.dense, steps)
    event.listen(home.engine, "commit", steps.step)
    home.ingest_source(MortalFolder(folder, steps), NoProgress())


def main(store: Store, home: Path, folder: Path, copies: Path) -> int:
    """Kill at every step; the number of copies."""
    number = 0
    killed = True
    while killed:
        number += 1
        copy = store.copy(home, copies / str(number))
        child = os.fork()  # quicker than a fresh process, and safe: nothing here has started a thread
        if not child:
            ingest(store.settings(copy), folder, Steps(number))
            os._exit(0)
        killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    return number


def at_random(store: Store, home: Path, folder: Path, copies: Path, count: int) -> int:
    """Kill so many times, at moments between the beginning and the end of an undisturbed run."""
    dice = random.Random(7)
    lasted = 0.0
    for number in range(1, count + 1):
        copy = store.copy(home, copies / str(number))
        begun = time.monotonic()
        child = os.fork()
        if not child:
            ingest(store.settings(copy), folder, Steps(-1))
            os._exit(0)
        if number == 1:  # runs to its end
            os.waitpid(child, 0)
            lasted = time.monotonic() - begun
            continue
        time.sleep(dice.uniform(0, lasted))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return count


if __name__ == "__main__":
    home, folder, copies = map(Path, sys.argv[1:4])
    count, (index, cluster, port) = int(sys.argv[4]), sys.argv[5:]
    if index:
        import pymilvus  # noqa: F401 - in each child it would take longer than the run
        from milvus_lite.adapter.grpc import server  # noqa: F401
    store = Store(index, PostgresServer(Path(cluster), int(port)) if cluster else None)
    made = at_random(store, home, folder, copies, count) if count else main(store, home, folder, copies)
    sys.stdout.write(str(made))
