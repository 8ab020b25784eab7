"""What a document says about itself: countries, the time it is in force, what it supersedes."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, empty: documents state their facts when they are read again."""
    for column in (
        sa.Column("countries", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("effective_from", sa.Date, nullable=True),
        sa.Column("effective_until", sa.Date, nullable=True),
        sa.Column("supersedes", sa.JSON, nullable=False, server_default="[]"),
    ):
        op.add_column("documents", column)
