"""The first tables: documents, chunks, vectors, audiences, runs, people, conversations."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _documents()
    _runs()
    _people()
    _conversations()


def _documents() -> None:
    facts = op.create_table(
        "facts", sa.Column("name", sa.String, primary_key=True), sa.Column("value", sa.Text, nullable=False)
    )
    # Derived files carry this id, so that they are never read beside another ledger.
    op.bulk_insert(facts, [{"name": "ledger", "value": uuid.uuid4().hex}])
    op.create_table(
        "sources",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("location", sa.Text, nullable=False, unique=True),
    )
    op.create_table(
        "documents",
        sa.Column("uri", sa.String, primary_key=True),
        sa.Column("source", sa.String, sa.ForeignKey("sources.name"), nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("audience", sa.String, nullable=False, index=True),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "chunks",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("uri", sa.String, sa.ForeignKey("documents.uri"), nullable=False),
        sa.Column("ordinal", sa.Integer, nullable=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("heading_path", sa.JSON, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("anchors", sa.JSON, nullable=False),
        sa.Column("embedding", sa.String, nullable=False, index=True),
    )
    op.create_index("chunks_by_place", "chunks", ["uri", "ordinal"])
    op.create_table(
        "embeddings",
        sa.Column("digest", sa.String, primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "index_changes",
        sa.Column("seq", _sequence(), primary_key=True, autoincrement=True),
        sa.Column("chunk_id", sa.String, nullable=False),
        sa.Column("op", sa.String, nullable=False),
        sqlite_autoincrement=True,
    )


def _runs() -> None:
    op.create_table(
        "audience_members",
        sa.Column("audience", sa.String, primary_key=True),
        sa.Column("member", sa.String, primary_key=True, index=True),
    )
    op.create_table(
        "runs",
        sa.Column("id", _sequence(), primary_key=True, autoincrement=True),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "failures",
        sa.Column("uri", sa.String, primary_key=True),
        sa.Column("source", sa.String, nullable=False, index=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("run", _sequence(), nullable=False),
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("email", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.String, nullable=False),
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("owner", sa.String, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "messages",
        sa.Column("conversation", sa.String, sa.ForeignKey("conversations.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("citations", sa.JSON, nullable=False),
        sa.Column("audiences", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )


def _sequence() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer, "sqlite")
