"""Words with their vectors beside each chunk's own vector, for late interaction."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: chunks get their words when their documents are read again."""
    op.add_column("embeddings", sa.Column("words", sa.LargeBinary, nullable=True))
