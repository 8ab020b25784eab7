"""All rows of one ledger into another one of the same schema, whatever their databases are."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from app import tables
from retrieval.ledger import schema

_BATCH = 500


def ledger_tables() -> list[Table]:
    """Every table, those first that others refer to."""
    return [*schema.metadata.sorted_tables, *tables.metadata.sorted_tables]


def copy_rows(source: Connection, target: Connection) -> None:
    """Make the target's rows those of the source, inside the transactions that both connections are in."""
    for table in reversed(ledger_tables()):
        target.execute(table.delete())
    for table in ledger_tables():
        for rows in _rows(source, table):
            target.execute(insert(table), rows)
        if target.dialect.name == "postgresql":
            _count_on(target, table)


def _rows(source: Connection, table: Table) -> Iterator[list[dict[str, Any]]]:
    result = source.execution_options(yield_per=_BATCH).execute(select(table)).mappings()
    for part in result.partitions():
        yield [{name: _in_utc(value) for name, value in row.items()} for row in part]


def _in_utc(value: object) -> object:
    """SQLite keeps times without their zone, PostgreSQL gives them in the session's."""
    if not isinstance(value, datetime):
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _count_on(target: Connection, table: Table) -> None:
    """Let the numbers that PostgreSQL gives out begin after those that were copied."""
    column = table.autoincrement_column
    if column is not None:
        highest = target.execute(select(func.max(column))).scalar()
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        target.execute(select(func.setval(sequence, highest or 1, highest is not None)))
