"""Runs that can be watched and stopped, sources that are ingested by themselves, failures that are not tried again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns: earlier runs are done or were interrupted, earlier sources are ingested by hand."""
    for table, column in (
        ("runs", sa.Column("state", sa.String, nullable=False, server_default="done")),
        ("runs", sa.Column("wish", sa.String, nullable=False, server_default=sa.text("''"))),
        ("runs", sa.Column("total", sa.Integer, nullable=False, server_default="0")),
        ("runs", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True)),
        ("sources", sa.Column("path", sa.Text, nullable=False, server_default=sa.text("''"))),
        ("sources", sa.Column("options", sa.JSON, nullable=False, server_default="{}")),
        ("sources", sa.Column("every_minutes", sa.Integer, nullable=False, server_default="0")),
        ("failures", sa.Column("stamp", sa.Text, nullable=False, server_default=sa.text("''"))),
    ):
        op.add_column(table, column)
    op.execute("UPDATE runs SET state = 'interrupted' WHERE ended_at IS NULL")
