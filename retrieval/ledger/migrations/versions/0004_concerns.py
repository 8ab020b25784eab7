"""What somebody should look at in a document: hidden numbers and keys, passages that speak to a language model."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: documents get their concerns when they are read again."""
    op.add_column("documents", sa.Column("concerns", sa.JSON, nullable=False, server_default="[]"))
