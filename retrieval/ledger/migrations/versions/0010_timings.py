"""How long the stages of an answer took."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("messages", sa.Column("timings", sa.JSON, nullable=False, server_default=sa.text("'{}'")))
