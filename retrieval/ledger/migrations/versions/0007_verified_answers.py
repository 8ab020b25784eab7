"""Answers that a person wrote and approved."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "verified_answers",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("digests", sa.JSON, nullable=False),
        sa.Column("expires", sa.Date, nullable=True),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
    )
