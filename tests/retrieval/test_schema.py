"""The migrations make exactly the tables that the code states."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData

from app import tables
from retrieval.ledger import schema


@pytest.fixture
def stated() -> MetaData:
    """All tables of the one database, and Alembic's own."""
    everything = MetaData()
    for metadata in (schema.metadata, tables.metadata):
        for table in metadata.sorted_tables:
            table.to_metadata(everything)
    return everything


def differences(engine: Engine, stated: MetaData) -> Iterator[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        yield from compare_metadata(context, stated)


def test_the_migrations_make_the_tables_that_are_stated(engine: Engine, stated: MetaData) -> None:
    assert list(differences(engine, stated)) == []


def test_a_missing_table_and_a_missing_index_would_be_noticed(engine: Engine, stated: MetaData) -> None:
    sa.Table("extra", stated, sa.Column("id", sa.String, primary_key=True))
    sa.Index("extra_index", stated.tables["runs"].c.source)
    assert len(list(differences(engine, stated))) == 2


@pytest.mark.parametrize("name", [table.name for one in (schema, tables) for table in one.metadata.sorted_tables])
def test_a_tables_columns_may_be_empty_where_it_is_stated_and_only_there(
    engine: Engine, name: str, stated: MetaData
) -> None:
    made = {column["name"]: column["nullable"] for column in sa.inspect(engine).get_columns(name)}
    assert made == {column.name: column.nullable for column in stated.tables[name].columns}
