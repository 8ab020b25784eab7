"""A fresh ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from retrieval.ledger.engine import open_ledger
from tests.word_embedder import WordEmbedder


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield opened
    opened.dispose()


@pytest.fixture
def words() -> WordEmbedder:
    return WordEmbedder()
