"""What a document's front matter says of its readers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: documents say it when they are read again."""
    op.add_column("documents", sa.Column("stated_audience", sa.Text, nullable=True))
