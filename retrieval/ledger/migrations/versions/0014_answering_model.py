"""Which model made an answer."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of former answers it is not known."""
    op.add_column("messages", sa.Column("model", sa.String, nullable=False, server_default=sa.text("''")))
