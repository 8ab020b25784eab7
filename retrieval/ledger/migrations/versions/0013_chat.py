"""How answers were made, and questions that were passed on to HR."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the column and the table."""
    op.add_column("messages", sa.Column("made", sa.JSON, nullable=False, server_default="{}"))
    op.create_table(
        "hr_questions",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("contact", sa.Text, nullable=False),
        sa.Column("email", sa.String, nullable=False, index=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )
