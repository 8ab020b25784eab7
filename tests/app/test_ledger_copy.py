"""Rows of one ledger into another: everything, with the same times, and new rows get new numbers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from app.bootstrap import Home
from app.ledger_copy import copy_rows, ledger_tables
from app.tables import conversations
from retrieval.ledger import documents, runs
from retrieval.ledger.engine import open_ledger, reading, writing
from retrieval.ledger.schema import runs as run_table
from tests.app.test_conversations import LEAVE, SAM, answered
from tests.stored import WHEN


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """An empty ledger."""
    opened = open_ledger(f"sqlite:///{tmp_path / 'other.sqlite'}")
    yield opened
    opened.dispose()


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with reading(engine) as connection:
        return {table.name: list(map(tuple, connection.execute(select(table)))) for table in ledger_tables()}


def copied(source: Engine, target: Engine) -> None:
    with reading(source) as here, writing(target) as there:
        copy_rows(here, there)


def fill_the_empty_ones(engine: Engine) -> None:
    """One row for each table that has none."""
    examples: dict[type, object] = {
        datetime: WHEN,
        date: WHEN.date(),
        object: {"a": ["b"]},
        bool: True,
        int: 7,
        str: "x",
        bytes: b"y",
    }
    for table in ledger_tables():
        with writing(engine) as connection:
            if connection.execute(select(table).limit(1)).first() is None:
                row = {column.name: examples[column.type.python_type] for column in table.columns}
                if "conversation" in row and any(column.foreign_keys for column in table.columns):
                    row["conversation"] = connection.execute(select(conversations.c.id)).scalar()
                connection.execute(table.insert().values(row))


def test_every_row_of_every_table_is_copied(own_office: Home, other: Engine) -> None:
    answered(own_office, LEAVE, SAM)
    fill_the_empty_ones(own_office.engine)
    copied(own_office.engine, other)
    found = rows(other)
    assert found == rows(own_office.engine)
    assert [name for name, held in found.items() if not held] == []


def test_what_was_there_before_is_gone(own_office: Home, other: Engine) -> None:
    runs.add_source(other, "folder", "/former", "former")
    copied(own_office.engine, other)
    assert list(runs.source_names(other).values()) == ["office"]


def test_a_time_without_a_zone_is_that_of_utc(own_office: Home, other: Engine) -> None:
    copied(own_office.engine, other)
    before, after = (documents.entries(engine)[0].updated_at for engine in (own_office.engine, other))
    assert after == before
    assert abs((datetime.now(UTC).replace(tzinfo=None) - after).total_seconds()) < 600
    assert WHEN.tzinfo is UTC


def test_the_next_run_gets_the_next_number(own_office: Home, other: Engine) -> None:
    copied(own_office.engine, other)
    with reading(other) as connection:
        last = connection.execute(select(func.max(run_table.c.id))).scalar_one()
    assert runs.start_run(other, "office") == last + 1
